"""The pages on HTTP name the addresses and parameters that there are."""

import re

from milepost.api.routes import ENDPOINTS
from milepost.ingest.routes import ENDPOINTS as INGEST
from tests.docs.pages import ROOT

API = (ROOT / "docs/reference/http-api.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (`[^|]+`) \| [^|]+ \|(.*)\|$", re.MULTILINE)


def test_the_endpoints_of_the_api_are_those_of_its_table_with_their_parameters() -> None:
    table = API.split("## Endpoints")[1].split("## ")[0]
    written = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in _ROW.findall(table)}
    assert written == {endpoint.path: set(endpoint.parameters) for endpoint in ENDPOINTS}


def test_every_parameter_is_described_and_no_other() -> None:
    table = API.split("## Parameters")[1].split("## ")[0]
    written = {name for row in _ROW.findall(table) for name in re.findall(r"`(\w+)`", row[0])}
    assert written == {name for endpoint in ENDPOINTS for name in endpoint.parameters}


def test_every_address_for_facts_is_on_its_page() -> None:
    page = (ROOT / "docs/reference/http-ingest.md").read_text(encoding="utf-8")
    assert {path for path in INGEST if not path.endswith("/")} - set(re.findall(r"`(/v1/\w+)`", page)) == set()
