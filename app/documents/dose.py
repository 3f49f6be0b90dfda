"""What a radiation dose report says in a few lines (PS3.16 TID 10001 and 10011): totals, and one row an irradiation."""

from collections.abc import Iterator
from typing import Any

from app.documents.report import Node

_DOSE_REPORT = "113701"
_CT_TOTALS, _CT_EVENT = "113811", "113819"
_X_RAY_TOTALS, _X_RAY_EVENT = "113702", "113706"
# Of a CT: events, DLP, effective dose; of other X-rays: DAP, dose at the reference point, times, frames, glandular.
_TOTALS = ("113812", "113813", "113814", "113722", "113725", "113726", "113727", "113730", "113731", "111637")
_COLUMNS = {
    _CT_EVENT: ("113830", "113838", "113733", "113734", "113824", "113825"),
    _X_RAY_EVENT: ("122130", "113738", "111631", "113733", "113734", "113735", "113742"),
}
_SAID = {"125203": "protocol", "123014": "region", "113820": "type", "113721": "type", "111526": "at"}
MOST_EVENTS = 500


def dose_of(root: Node) -> dict[str, Any] | None:
    """None when the report is not about dose."""
    if _code(root) != _DOSE_REPORT:
        return None
    accumulated = [node for node in _all(root) if _code(node) in {_CT_TOTALS, _X_RAY_TOTALS}]
    events = [node for node in _all(root) if _code(node) in _COLUMNS][:MOST_EVENTS]
    rows = [_event(node) for node in events]
    columns = dict.fromkeys(code for row in rows for code in row["values"])
    return {
        "totals": [_measurement(node) for one in accumulated for node in _all(one) if _is(node, _TOTALS)],
        "columns": [{"code": code, "name": _name_of(events, code)} for code in columns],
        "events": rows,
    }


def _event(node: Node) -> dict[str, Any]:
    """The first value of each column within the event; a second plane's has an event of its own."""
    row: dict[str, Any] = {"values": {}}
    for wanted in _COLUMNS[_code(node)]:
        found = next((one for one in _all(node) if _is(one, (wanted,))), None)
        if found is not None:
            row["values"][wanted] = found["measured"]
    for one in _all(node):
        if name := _SAID.get(_code(one)):
            said = one.get("text") or (one.get("code") or {}).get("meaning") or one.get("moment") or ""
            row.setdefault(name, said)
    return row


def _measurement(node: Node) -> dict[str, Any]:
    return {"name": node["name"], "measured": node["measured"]}


def _name_of(events: list[Node], code: str) -> str:
    found = (one for event in events for one in _all(event) if _code(one) == code)
    return str((next(found)["name"] or {}).get("meaning", ""))


def _is(node: Node, codes: tuple[str, ...]) -> bool:
    return bool(_code(node) in codes and node.get("measured"))


def _code(node: Node) -> str:
    return str((node.get("name") or {}).get("value", ""))


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("children", ()):
        yield from _all(child)
