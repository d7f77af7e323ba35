"""The tests that "make this a test" writes pass, in all three languages."""

import os
import pathlib
import subprocess
import sys

from conftest import ROOT
from flows import CONSULTATIONS, FLOWS, drive

MADE = FLOWS | CONSULTATIONS


def read(page, call, hub):
    page.goto(f"{hub}/#/call/{call}")
    page.get_by_role("button", name="Make this a test").click()
    texts = {}
    for label in ["pytest", "node:test", "Rust"]:
        page.locator(f"[data-test='{label}']").click()
        texts[label] = page.locator("dialog pre").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    return texts


def test_the_generated_tests_pass(frozen, look, tmp_path):
    page = look(frozen.hub)
    rust = []
    calls = {name: drive(frozen, *flow) for name, flow in MADE.items()}
    # What was asked in between is in the test.
    assert "/complete" in read(page, calls["consulted-and-transferred"], frozen.hub)["pytest"]
    for name, call in calls.items():
        texts = read(page, call, frozen.hub)
        file = name.replace("-", "_")
        (tmp_path / f"test_{file}.py").write_text(texts["pytest"])
        (tmp_path / f"{file}.test.mjs").write_text(texts["node:test"])
        rust.append((file, texts["Rust"]))
    environment = {**os.environ, "RINGBACK_URL": frozen.hub}

    def run(*command, where=tmp_path, **more):
        ran = subprocess.run(command, cwd=where, env={**environment, **more}, capture_output=True, text=True, timeout=900)
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
        return ran.stdout

    made = sorted(tmp_path.glob("test_*.py"))
    assert f"{len(MADE)} passed" in run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), *map(str, made))
    run("node", "--test", *map(str, sorted(tmp_path.glob("*.test.mjs"))))
    project = tmp_path / "rust"
    (project / "tests").mkdir(parents=True)
    (project / "src").mkdir()
    (project / "src/lib.rs").write_text("")
    dependencies = "\n".join(line.removeprefix("// ") for line in rust[0][1].splitlines()[:3])
    (project / "Cargo.toml").write_text(f'[package]\nname = "made"\nversion = "0.1.0"\nedition = "2024"\n\n{dependencies}\n\n[workspace]\n')
    for file, text in rust:
        (project / f"tests/{file}.rs").write_text(text)
    out = run("cargo", "test", "--quiet", where=project, CARGO_TARGET_DIR=str(ROOT / "target/tools/made-tests"), CARGO_PROFILE_DEV_DEBUG="0")
    assert out.count("test result: ok. 1 passed") == len(MADE), out


def test_a_generated_test_fails_where_the_call_goes_another_way(frozen, look, tmp_path):
    call = drive(frozen, *FLOWS["answered"])
    text = read(look(frozen.hub), call, frozen.hub)["pytest"]
    file = tmp_path / "test_made.py"
    file.write_text(text.replace('"hang_up"', '"reject"').replace("/hang_up", "/reject").replace('== "NORMAL_CLEARING"', '== "USER_BUSY"'))
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", "--rootdir", str(tmp_path), str(file)], cwd=tmp_path, env={**os.environ, "RINGBACK_URL": frozen.hub}, capture_output=True)
    assert ran.returncode == 1
