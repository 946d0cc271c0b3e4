"""`/healthz`: the process answers. `/readyz`: it can take load. `/metrics`: numbers for Prometheus."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from milepost.core.values import Unavailable
from milepost.log import stores
from milepost.runtime import queries as runtime


def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Ready when the log can be read and the engine answers; otherwise 503 with what is missing."""
    connected = stores.current()
    try:
        last, applied = connected.log.last(), connected.events.position()
    except Unavailable as problem:
        return JsonResponse({"status": "not ready", "detail": str(problem)}, status=503)
    return JsonResponse({"status": "ready", "facts": last, "projected": applied})


class _Backlog(Collector):
    """How far the loop is behind, read when somebody asks."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # registering must not read the database

    def collect(self) -> list[GaugeMetricFamily]:
        connected = stores.current()
        last = connected.log.last()
        waiting, oldest = runtime.backlog(connected.clock.now())
        return [
            GaugeMetricFamily("milepost_facts", "Number of the last fact in the log.", value=last),
            GaugeMetricFamily(
                "milepost_facts_waiting", "Facts that the loop has not applied yet.", value=last - runtime.position()
            ),
            GaugeMetricFamily("milepost_effects_waiting", "Effects that were not carried out yet.", value=waiting),
            GaugeMetricFamily(
                "milepost_set_aside", "Facts and persons that the loop could not take.", value=runtime.set_aside()
            ),
            GaugeMetricFamily("milepost_effects_oldest_seconds", "Age of the oldest of them.", value=oldest),
        ]


_registry = CollectorRegistry()
_registry.register(_Backlog())
ProcessCollector(registry=_registry)


def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)
