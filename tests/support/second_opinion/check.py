"""What is wrong with the calls of one test: refusals that it does not name, malformed calls, malformed answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.support.second_opinion.watch import LoggedCall

CUT = ("timeout", "drop")  # faults after which no answer arrives
REFUSING = ("flood", "error")  # faults that are refusals: the test that switches one on names it so


@dataclass(frozen=True)
class Expected:
    """A refusal that a test names: the method, and a part of the description.

    With `always` false it depends on who is quicker, and may not happen.
    """

    method: str
    part: str
    always: bool = True

    def fits(self, call: LoggedCall) -> bool:
        """Return whether a refused call is this one."""
        return self.method == call.method and self.part in description(call)


def description(call: LoggedCall) -> str:
    """Return the reason that a refused call was given."""
    return str(call.answer.get("description", "")) if isinstance(call.answer, dict) else str(call.answer)


def problems(calls: Iterable[LoggedCall], expected: Iterable[Expected], *, of_the_bot: bool) -> list[str]:
    """Return one sentence for each kind of problem.

    Args:
        calls: all calls of the test.
        expected: the refusals that the test names.
        of_the_bot: the bot made the calls; a test of the sandbox makes calls that are wrong on purpose, and there only
            the answers are checked.
    """
    calls = list(calls)
    found = list(_answers(calls))
    if of_the_bot:
        found += [*_refusals(calls, list(expected)), *_parameters(calls)]
    return list(dict.fromkeys(found))


def _refusals(calls: list[LoggedCall], expected: list[Expected]) -> Iterator[str]:
    refused = [
        call
        for call in calls
        if call.status >= 400 and call.fault not in (*CUT, *REFUSING) and call.method != "webhook"
    ]
    for call in refused:
        if not any(each.fits(call) for each in expected):
            yield f"{call.method} was refused, which the test does not name: {call.status} {description(call)}"
    for each in expected:
        if each.always and not any(each.fits(call) for call in refused):
            yield f"{each.method} was never refused with {each.part!r}, which the test names"


def _parameters(calls: list[LoggedCall]) -> Iterator[str]:
    for call in calls:
        if call.method != "webhook":
            from tests.support.second_opinion.calls import call_complaints

            yield from call_complaints(call.method, call.request, call.parts)


def _answers(calls: list[LoggedCall]) -> Iterator[str]:
    for call in calls:
        from tests.support.second_opinion.answers import answer_complaints, update_complaints

        if call.method == "webhook":
            yield from update_complaints(call.request)
        elif call.status and call.fault not in CUT:
            yield from answer_complaints(call.method, call.status, call.answer)
