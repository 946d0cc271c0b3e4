"""The pages of the diary. Their policy forbids every inline script and style, as a careful host's would."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.core.values import Refused
from milepost.demo import diary
from milepost.demo.diary import Visitor
from milepost.demo.foods import MEALS, search
from milepost.demo.install import curl, snippet

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types milepost crumb"
)

View = Callable[[HttpRequest], HttpResponse]


def strict(view: View) -> View:
    """The view under the strict policy, in the visitor's language; what it refuses is said in one sentence."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        with translation.override(request.session.get("language") or get_language()):
            try:
                response = view(request)
            except Refused as refused:
                response = JsonResponse({"code": refused.code, "message": str(refused)}, status=refused.status)
        response["Content-Security-Policy"] = POLICY
        return response

    return answer


def signed_in(view: Callable[[HttpRequest, Visitor], HttpResponse]) -> View:
    """The view for whoever is signed in. A page sends others to the welcome page, a request is refused."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("user")
        if wanted and request.method == "GET":
            diary.come_as(request.session, wanted)
        visitor = diary.visitor(request.session)
        if visitor is not None:
            return view(request, visitor)
        if request.method == "GET":
            return redirect(f"{reverse('demo:welcome')}?{request.META['QUERY_STRING']}")
        raise Refused("signed_out", "Nobody is signed in.", mend="Sign up first.", status=403)

    return answer


def _page(request: HttpRequest, template: str, visitor: Visitor | None, **context: Any) -> HttpResponse:
    """A page with the snippet, and what its script is to tell Milepost once: `tell` is [name, properties]."""
    told = request.session.pop("tell", None)
    common = {
        "visitor": visitor,
        "snippet": snippet(visitor),
        "fresh": request.session.pop("fresh", False),
        "tell": msgspec.json.encode(told).decode() if told else "",
        "premium": request.session.get("premium", False),
        "languages": settings.LANGUAGES,
        "language": get_language(),
    }
    return render(request, template, {**common, **context})


@strict
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("user")
    if wanted:
        diary.come_as(request.session, wanted)
        return redirect("demo:diary")
    return _page(request, "demo/welcome.html", diary.visitor(request.session))


@strict
@require_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    diary.sign_up(request.session, request.POST.get("name", ""), request.POST.get("email", ""))
    request.session["fresh"] = True
    return redirect("demo:diary")


@strict
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    language = request.session.get("language")
    request.session.flush()
    if language:
        request.session["language"] = language
    return redirect("demo:welcome")


@strict
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        raise Refused("language", "This diary does not speak that language.", mend="Choose one from the list.")
    request.session["language"] = wanted
    return redirect("demo:settings" if diary.visitor(request.session) else "demo:welcome")


@strict
@require_GET
@signed_in
def diary_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    installed = snippet(visitor)
    return _page(
        request,
        "demo/diary.html",
        visitor,
        curl=curl(installed.write_key, visitor.user_id) if installed else "",
        meals=MEALS,
        today=diary.today(request.session),
    )


@strict
@require_GET
def foods(request: HttpRequest) -> HttpResponse:
    context = {"foods": search(request.GET.get("q", "")), "visitor": diary.visitor(request.session)}
    return render(request, "demo/foods.html", context)


@strict
@require_POST
@signed_in
def meals(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    told = diary.log_meal(request.session, request.POST.get("meal", ""), request.POST.get("food", ""))
    return _today(request, told=told)


@strict
@require_POST
@signed_in
def sample(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    try:
        meals = msgspec.json.decode(request.POST.get("meals", ""))
    except msgspec.DecodeError as error:
        raise Refused("no_sample", "This sample day cannot be read.", mend="Send its meals as JSON.") from error
    return _today(request, ids=diary.use_sample(request.session, meals))


@strict
@require_POST
@signed_in
def sample_remove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _today(request, removed=diary.remove_sample(request.session))


def _today(request: HttpRequest, **more: Any) -> HttpResponse:
    page = render(request, "demo/today.html", {"today": diary.today(request.session)})
    return JsonResponse({"html": page.content.decode(), **more})


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def day(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The summary; finishing a day comes back here, and tomorrow begins at once."""
    if request.method == "POST":
        request.session["tell"] = ["Day Completed", diary.finish_day(request.session)]
        return redirect("demo:day")
    return _page(
        request, "demo/day.html", visitor, days=diary.days(request.session), today=diary.today(request.session)
    )


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def settings_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "GET":
        return _settings(request, visitor)
    try:
        diary.set_budget(request.session, request.POST.get("budget", ""))
    except Refused as refused:
        return _settings(request, visitor, problem=str(refused), typed=request.POST.get("budget", ""))
    return redirect("demo:settings")


def _settings(request: HttpRequest, visitor: Visitor, *, problem: str = "", typed: str = "") -> HttpResponse:
    shown = typed or diary.budget(request.session)
    return _page(request, "demo/settings.html", visitor, budget=shown, problem=problem, range=diary.BUDGETS)


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def premium(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "POST":
        request.session["tell"] = ["Subscription Started", diary.buy_premium(request.session)]
        return redirect("demo:premium")
    return _page(request, "demo/premium.html", visitor)
