import audit
import pytest

SOUND = {"name": "a", "version": "1", "vulns": []}
FAULTY = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "cannot be reached"}


@pytest.mark.parametrize(
    ("packages", "lines", "is_sound"),
    [
        ([SOUND], ["1 of 1 packages audited, 0 known faults."], True),
        (
            [SOUND, FAULTY],
            ["b 2: CVE-1, mended in 3", "2 of 2 packages audited, 1 known faults."],
            False,
        ),
        ([SOUND, SKIPPED], ["1 of 2 packages audited, 0 known faults; not found: c."], False),
        (
            [SKIPPED],
            ["Not audited: the database of vulnerabilities cannot be reached; try again."],
            False,
        ),
        (
            [],
            ["Not audited: the database of vulnerabilities cannot be reached; try again."],
            False,
        ),
    ],
)
def test_an_audit_is_sound_only_if_every_package_was_looked_up(packages, lines, is_sound):
    assert audit.verdict(packages) == (lines, is_sound)


@pytest.mark.parametrize("printed", ["", '{"dependencies": [{"name": "c", "skip_reason": ""}]}'])
def test_an_audit_that_could_look_nothing_up_fails_in_one_line(monkeypatch, capsys, printed):
    run = audit.subprocess.CompletedProcess([], 0, stdout=printed)
    monkeypatch.setattr(audit.subprocess, "run", lambda *args, **options: run)
    with pytest.raises(SystemExit) as exited:
        audit.main()
    assert exited.value.code
    assert capsys.readouterr().out.splitlines() == [
        "Not audited: the database of vulnerabilities cannot be reached; try again."
    ]
