"""Investments, their cash flows, and holdings."""

from api import Person, eventually, unique


def usd(amount: str) -> dict:
    """An amount in US dollars."""
    return {"amount": amount, "currency": "USD"}


def test_cash_flows_add_up_to_holdings(admin: Person) -> None:
    first, second = (admin.create_user(unique(name), "relationship_manager") for name in ("ines", "ivo"))
    investor = first.create_investor(unique("Invested"), tier="gold")
    path = f"/api/investors/{investor['id']}"
    # Read first, so that the function has to fetch the investor's data key.
    assert first.ask(200, "GET", f"{path}/investments")["items"] == []
    new = {"kind": "fund_commitment", "name": "Fund II", "commitment": usd("1000.00"), "invested_on": "2024-01-01", "status": "active"}
    # For another investor the first call is a write.
    other = first.create_investor(unique("Also"))
    first.ask(201, "POST", f"/api/investors/{other['id']}/investments", new)
    key = {"Idempotency_Key": unique("inv")}
    made = first.ask(201, "POST", f"{path}/investments", new, **key)
    assert first.ask(201, "POST", f"{path}/investments", new, **key)["id"] == made["id"]
    one = f"{path}/investments/{made['id']}"
    flows = f"{one}/cash_flows"
    flow = first.ask(201, "POST", flows, {"kind": "contribution", "date": "2024-01-01", "amount": usd("600.00")})
    first.ask(201, "POST", flows, {"kind": "valuation", "date": "2025-01-01", "amount": usd("900.00")})
    first.refused(422, "invalid_input", "POST", flows, {"kind": "contribution", "date": "2024-02-01", "amount": usd("400.01")})
    first.ask(200, "PATCH", f"{flows}/{flow['id']}", {"amount": usd("500.00")}, version=1)
    assert len(first.ask(200, "GET", flows)["items"]) == 2

    def held() -> list:
        return first.ask(200, "GET", f"{path}/holdings")["currencies"]

    eventually(lambda: held() and held()[0]["figures"]["tvpi"] is not None and "1.8" in held()[0]["figures"]["tvpi"])
    extra = first.ask(201, "POST", flows, {"kind": "distribution", "date": "2025-02-01", "amount": usd("50.00")})
    first.ask(204, "DELETE", f"{flows}/{extra['id']}", version=1)
    version = first.ask(200, "GET", one)["version"]
    first.ask(200, "PATCH", one, {"name": "Fund Two"}, version=version)
    # A change of manager and tier moves the figures that are counted by them.
    change = {"relationship_manager_id": second.user["id"], "tier": "platinum"}
    admin.ask(200, "PATCH", path, change, version=1)
    first.refused(404, "not_found", "GET", f"{path}/holdings")
    assert second.ask(200, "GET", f"{path}/timeline?kind=investment")["items"]
