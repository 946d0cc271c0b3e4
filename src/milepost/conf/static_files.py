"""Files under /static/ as whole answers.

WhiteNoise hands a file out as a synchronous iterator. Under ASGI Django would have to collect it in a thread, and warns of
it for each file; the console's files are small enough to be answered in one piece.
"""

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase


def whole_files(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware; it stands around WhiteNoise's."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        return _whole(response) if isinstance(response, FileResponse) else response

    return answer


def _whole(response: FileResponse) -> HttpResponse:
    """The same answer, with these headers and no others."""
    whole = HttpResponse(_read(response), status=response.status_code)
    del whole.headers["Content-Type"]
    for name, value in response.headers.items():
        whole.headers[name] = value
    return whole


def _read(response: FileResponse) -> bytes:
    """The file is closed here: closing the response would say that the request is over."""
    if response.file_to_stream is None:
        return b""
    with response.file_to_stream as file:
        return file.read()
