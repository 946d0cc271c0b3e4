"""The pages of the diary."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.core.delivery.webhook import verified_id
from milepost.core.values import Refused
from milepost.demo.calories import diary
from milepost.demo.calories.foods import MEALS, search
from milepost.demo.fragments import fragment, json_field
from milepost.demo.hooks import host_secret, sample_asked
from milepost.demo.install import curl, snippet
from milepost.demo.pages import go, show, signed_in, strict
from milepost.demo.visitors import Visitor, session_of, visitor
from milepost.log.clock import SYSTEM

_FROM_A_SERVER = {"meal": "lunch", "food": "Soup", "calories": 320}


@strict
@require_GET
@signed_in
def diary_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    installed = snippet(visitor)
    return show(
        request,
        "demo/calories/diary.html",
        visitor,
        curl=curl(installed.write_key, visitor.user_id, "Meal Logged", _FROM_A_SERVER) if installed else "",
        meals=MEALS,
        today=diary.today(request.session),
    )


@strict
@require_GET
def foods(request: HttpRequest) -> HttpResponse:
    context = {"foods": search(request.GET.get("q", "")), "visitor": visitor(request.session)}
    return render(request, "demo/calories/foods.html", context)


@strict
@require_POST
@signed_in
def meals(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    told = diary.log_meal(request.session, request.POST.get("meal", ""), request.POST.get("food", ""))
    return _today(request, ("Meal Logged", told))


@strict
@require_POST
@signed_in
def sample(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    day = json_field(request, "data")
    meals = day.get("meals") if isinstance(day, dict) else None
    return _today(request, ids=diary.use_sample(request.session, meals))


@strict
@require_POST
@signed_in
def sample_remove(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _today(request, **diary.remove_sample(request.session))


@strict
@require_GET
@signed_in
def today(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _today(request)


@csrf_exempt
@strict
@require_POST
def sample_hook(request: HttpRequest) -> HttpResponse:
    """Milepost asks this product's server for a ready-made day: one is made for each request, and its meals are named."""
    signed = {name.lower(): value for name, value in request.headers.items()}
    called = verified_id(signed, request.body, host_secret(), SYSTEM.now())
    asked = sample_asked(request.body)
    session = session_of(asked.person)
    ids = diary.use_sample_once(session, called, asked.template, asked.sample.get("meals"))
    session.save()
    return JsonResponse({"ids": ids})


def _today(request: HttpRequest, *told: tuple[str, dict[str, Any]], **more: Any) -> HttpResponse:
    return fragment(request, "demo/calories/today.html", {"today": diary.today(request.session)}, *told, **more)


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def day(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The summary; finishing a day comes back here, and tomorrow begins at once."""
    if request.method == "POST":
        return go(request, "day", "Day Completed", diary.finish_day(request.session))
    return show(
        request, "demo/calories/day.html", visitor, days=diary.days(request.session), today=diary.today(request.session)
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
    return show(request, "demo/calories/settings.html", visitor, budget=shown, problem=problem, range=diary.BUDGETS)


@strict
@require_http_methods(["GET", "POST"])
@signed_in
def premium(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "POST":
        return go(request, "premium", "Subscription Started", diary.buy_premium(request.session))
    return show(request, "demo/calories/premium.html", visitor)
