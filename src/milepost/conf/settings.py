"""Django's settings. What differs between installations comes from the environment or from the home folder."""

from pathlib import Path

from milepost.conf import environment
from milepost.log.secrets import master_key

HOME = environment.home()
PACKAGE = Path(__file__).resolve().parent.parent

#: Everything that is signed or sealed hangs on this; it is made at first use and stands in the home folder (0600).
SECRET_KEY = master_key(HOME)
PUBLIC_URL = environment.read("MILEPOST_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
EMAIL_URL = environment.read("MILEPOST_EMAIL_URL")
PRIVATE_HOSTS = environment.private_hosts()  # of our own network, to which requests may go all the same
EXAMPLE = environment.read("MILEPOST_EXAMPLE", "calorie-counter")  # whose pages stand under /demo/

DEBUG = False
ALLOWED_HOSTS = ["*"]  # behind any proxy name; links are built from PUBLIC_URL, never from the Host header
ROOT_URLCONF = "milepost.conf.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "milepost.workspace",
    "milepost.people",
    "milepost.program",
    "milepost.runtime",
    "milepost.delivery",
    "milepost.success",
    "milepost.help",
    "milepost.console",
    "milepost.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "milepost.conf.static_files.whole_files",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "milepost.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
                "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
            ),
        },
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "milepost.console.views.errors.stale_form"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bg", "Български"), ("pl", "Polski"), ("ru", "Русский")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "milepost.conf.formats"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
