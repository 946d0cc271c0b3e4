"""The pages of the diary. Their policy forbids every inline script and style, as a careful host's would."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from milepost.core.values import Refused
from milepost.demo import diary
from milepost.demo.install import curl, snippet

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types milepost crumb"
)

View = Callable[[HttpRequest], HttpResponse]


def strict(view: View) -> View:
    """The view under the strict policy; what it refuses is said in one sentence."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            response = view(request)
        except Refused as refused:
            response = JsonResponse({"code": refused.code, "message": str(refused)}, status=refused.status)
        response["Content-Security-Policy"] = POLICY
        return response

    return answer


@strict
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("user")
    if wanted:
        diary.come_as(request.session, wanted)
        return redirect("demo:diary")
    visitor = diary.visitor(request.session)
    return render(request, "demo/welcome.html", {"visitor": visitor, "snippet": snippet(visitor)})


@strict
@require_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    diary.sign_up(request.session, request.POST.get("name", ""), request.POST.get("email", ""))
    request.session["fresh"] = True
    return redirect("demo:diary")


@strict
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return redirect("demo:welcome")


@strict
@require_GET
def diary_page(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("user")
    if wanted:
        diary.come_as(request.session, wanted)
    visitor = diary.visitor(request.session)
    if visitor is None:
        return redirect(f"{reverse('demo:welcome')}?{request.META['QUERY_STRING']}")
    installed = snippet(visitor)
    context = {
        "visitor": visitor,
        "snippet": installed,
        "curl": curl(installed.write_key, visitor.user_id) if installed else "",
        "fresh": request.session.pop("fresh", False),
        "meals": diary.MEALS,
        "today": diary.today(request.session),
    }
    return render(request, "demo/diary.html", context)


@strict
@require_GET
def foods(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/foods.html", {"foods": diary.search(request.GET.get("q", ""))})


@strict
@require_POST
def meals(request: HttpRequest) -> HttpResponse:
    if diary.visitor(request.session) is None:
        raise Refused("signed_out", "Nobody is signed in.", mend="Sign up first.", status=403)
    told = diary.log_meal(request.session, request.POST.get("meal", ""), request.POST.get("food", ""))
    page = render(request, "demo/today.html", {"today": diary.today(request.session)})
    return JsonResponse({"html": page.content.decode(), "told": told})
