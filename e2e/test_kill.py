"""`kill -9` of either process, anywhere: what was answered with 200 is there, and nothing is done twice."""

import random
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from e2e.installation import Installation, Mailbox, running, until
from milepost.log.failpoints import POINTS


class Client:
    """Sends facts as real clients do: again and again with the same message id until it hears 200."""

    def __init__(self, milepost: Installation) -> None:
        self.milepost = milepost
        self.answered: list[str] = []

    def sign_up(self, user: str) -> None:
        traits = {"email": f"{user}@example.com"}
        self._send("identify", {"userId": user, "traits": traits, "messageId": f"identify-{user}"})
        self._send("track", {"userId": user, "event": "Signed Up", "messageId": f"signed-up-{user}"})

    def log_a_meal(self, user: str) -> None:
        self._send("track", {"userId": user, "event": "Meal Logged", "messageId": f"meal-{user}"})

    def _send(self, path: str, body: dict[str, object]) -> None:
        until(lambda: self._try(path, body), f"an answer to {body['messageId']}")
        self.answered.append(str(body["messageId"]))

    def _try(self, path: str, body: dict[str, object]) -> bool:
        try:
            return self.milepost.send(path, body).status_code == 200
        except httpx.HTTPError:
            time.sleep(0.1)
            return False


def stored(home: Path) -> Counter[str]:
    """How often each message id is in the log."""
    with sqlite3.connect(f"file:{home / 'log.sqlite'}?mode=ro", uri=True) as log:
        rows = log.execute("SELECT json_extract(CAST(body AS TEXT), '$.message_id') FROM facts").fetchall()
    return Counter(row[0] for row in rows)


def everything_happened_once(milepost: Installation, mailbox: Mailbox, client: Client, users: list[str]) -> None:
    until(milepost.is_ready, "both processes to be back")
    for user in users:
        until(lambda user=user: milepost.reached(user, "first-meal"), f"{user} to reach the first meal")
        until(lambda user=user: mailbox.to(f"{user}@example.com"), f"a mail to {user}")
    time.sleep(2)
    ids = stored(milepost.home)
    assert {key: ids[key] for key in client.answered} == dict.fromkeys(client.answered, 1)
    assert max(ids.values()) == 1
    for user in users:
        person = milepost.person(user)
        assert person is not None
        decided = Counter(
            (each["kind"], each["definition"], each["outcome"])
            for each in person["decisions"]
            if each["outcome"] != "held"
        )
        assert max(decided.values()) == 1, decided
        assert len(person["deliveries"]) == len({each["message"] for each in person["deliveries"]})


def test_at_every_named_point_between_two_steps(tmp_path: Path) -> None:
    with Mailbox() as mailbox:
        armed = {"MILEPOST_CRASH_AT": ",".join(POINTS)}
        with running(
            tmp_path / "home", "--example", "calorie-counter", mail=mailbox.url, environment=armed
        ) as milepost:
            client, users = Client(milepost), [f"p{number}" for number in range(len(POINTS))]
            for user in users:
                client.sign_up(user)
                # A letter on its way while another point kills the engine is for chance, in the test below.
                until(lambda user=user: _is_welcomed(milepost, user), f"the letter to {user} to be recorded")
                client.log_a_meal(user)
            everything_happened_once(milepost, mailbox, client, users)
            died = {path.name.removeprefix("crashed-at-") for path in milepost.home.glob("crashed-at-*")}
            assert died == set(POINTS)
            for user in users:
                mails = mailbox.to(f"{user}@example.com")
                assert len({mail["Message-ID"] for mail in mails}) == len({mail["Subject"] for mail in mails})
            extra = len(mailbox.mails) - len({mail["Message-ID"] for mail in mailbox.mails})
            assert extra <= 1, "only the point between the server's 250 and our record may send the same mail again"


@pytest.mark.req("R85")
def test_at_ten_random_moments(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with Mailbox() as mailbox, running(tmp_path / "home", "--example", "calorie-counter", mail=mailbox.url) as milepost:
        client, users = Client(milepost), [f"r{number}" for number in range(40)]
        done = threading.Event()
        killer = threading.Thread(target=_kill_now_and_then, args=(milepost, chance, done))
        killer.start()
        for user in users:
            client.sign_up(user)
            client.log_a_meal(user)
        done.wait(120)
        killer.join()
        everything_happened_once(milepost, mailbox, client, users)
        assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(
            {(mail["To"], mail["Subject"]) for mail in mailbox.mails}
        )


def _is_welcomed(milepost: Installation, user: str) -> bool:
    try:
        person = milepost.person(user)
    except httpx.HTTPError:
        return False
    return person is not None and any(each["status"] == "sent" for each in person["deliveries"])


def _kill_now_and_then(milepost: Installation, chance: random.Random, done: threading.Event) -> None:
    for _ in range(10):
        time.sleep(chance.uniform(0.1, 1.5))
        milepost.kill(chance.choice(["web", "engine"]))
    done.set()
