"""Reports: a binary response through API Gateway."""

import re
import zlib

from api import Person, eventually, unique
from test_products import make, member


def flate_streams(pdf: bytes) -> bytes:
    """The contents of a PDF file's compressed streams."""
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            pass
    return found


def test_an_investor_report_arrives_intact(admin: Person) -> None:
    manager = admin.create_user(unique("rosa"), "relationship_manager")
    stranger = admin.create_user(unique("malik"), "relationship_manager")
    investor = manager.create_investor(unique("Zürcher") + ' "Söhne"', tier="gold", email=f"{unique('z')}@example.com")
    path = f"/api/investors/{investor['id']}"
    usd = {"amount": "250000.00", "currency": "USD"}
    new = {"kind": "equity", "name": "Helio Grid", "status": "active", "commitment": usd, "invested_on": "2025-01-15"}
    invested = manager.ask(201, "POST", f"{path}/investments", new)
    flow = {"kind": "contribution", "date": "2025-01-15", "amount": usd}
    manager.ask(201, "POST", f"{path}/investments/{invested['id']}/cash_flows", flow)
    spoke = {"kind": "call", "occurred_at": "2026-11-02T10:00:00Z", "summary": "Spoke", "details": "Long. " * 500}
    manager.ask(201, "POST", f"{path}/activities", spoke)
    eventually(lambda: manager.ask(200, "GET", f"{path}/holdings")["currencies"])
    answer = manager.request("GET", f"{path}/report")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''Z%C3%BCrcher" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF-1.") and answer.content.rstrip().endswith(b"%%EOF")
    # Intact: the cross-reference table is at the offset that the file's end states, and the compressed streams can be decompressed.
    start = int(re.search(rb"startxref\s+(\d+)\s+%%EOF", answer.content)[1])
    assert answer.content[start:].startswith(b"xref") or b"/XRef" in answer.content[start : start + 300]
    assert b"BT" in flate_streams(answer.content)
    stranger.refused(404, "not_found", "GET", f"{path}/report")
    manager.refused(400, "invalid_input", "GET", f"{path}/report?from=2026-02-01&to=2026-01-01")
    trail = f"/api/audit?entity_type=investor&entity_id={investor['id']}"
    assert eventually(lambda: [r for r in admin.ask(200, "GET", trail)["items"] if r["action"] == "investor_report"])


def test_a_product_report_arrives_intact(admin: Person) -> None:
    mia, kim = (admin.create_user(unique(name), "manager") for name in ("mia", "kim"))
    path = make(mia)
    tom = member(mia, path, admin)
    mia.ask(201, "POST", f"{path}/milestones", {"name": "Flight", "due_on": "2030-05-01"})
    wanted = mia.ask(201, "POST", f"{path}/requirements", {"title": "Must fly"})
    new = {"title": "Weld", "assignee_id": tom.user["id"], "requirement_id": wanted["id"], "due_on": "2026-01-01"}
    mia.ask(201, "POST", f"{path}/tasks", new)
    mia.ask(201, "POST", f"{path}/baselines", {"name": "Agreed"})
    for person in (mia, admin):
        answer = person.request("GET", f"{path}/report")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-1.") and b"BT" in flate_streams(answer.content)
    kim.refused(404, "not_found", "GET", f"{path}/report")
    tom.refused(403, "forbidden", "GET", f"{path}/report")
    mia.refused(400, "invalid_input", "GET", f"{path}/report?from=2026-02-01&to=2026-01-01")
    trail = f"/api/audit?entity_type=product&entity_id={path.rsplit('/', 1)[1]}"
    assert eventually(lambda: [r for r in admin.ask(200, "GET", trail)["items"] if r["action"] == "product_report"])
