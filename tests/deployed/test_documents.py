"""Files: uploaded straight to the bucket, checked by the function that the bucket notifies, downloaded by signed URL."""

import hashlib

import httpx

from api import Person, eventually, unique

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def described(name: str, content: bytes) -> dict:
    """The description of a file that the API requires before the upload."""
    digest = hashlib.sha256(content).hexdigest()
    return {"file_name": name, "content_type": "application/pdf", "size": len(content), "sha256": digest}


def send(upload: dict, content: bytes) -> httpx.Response:
    """Uploads a file to its signed URL."""
    return httpx.put(upload["url"], content=content, headers=upload["headers"])


def status(person: Person, path: str) -> str:
    """The current status of a document."""
    return person.ask(200, "GET", path)["document"]["status"]


def test_a_document_is_uploaded_checked_and_downloaded(admin: Person) -> None:
    manager = admin.create_user(unique("dora"), "relationship_manager")
    investor = manager.create_investor(unique("Filed"))
    documents = f"/api/investors/{investor['id']}/documents"
    # Read first, so that the function has to fetch the investor's data key.
    assert manager.ask(200, "GET", documents)["items"] == []
    key = {"Idempotency_Key": unique("doc")}
    made = manager.ask(201, "POST", documents, described("Deck.pdf", PDF), **key)
    again = manager.ask(201, "POST", documents, described("Deck.pdf", PDF), **key)
    assert again["document"]["id"] == made["document"]["id"]
    path = f"{documents}/{made['document']['id']}"
    assert send(made["upload"], PDF).status_code == 200
    eventually(lambda: status(manager, path) == "available")
    link = manager.ask(200, "POST", f"{path}/download", {})
    got = httpx.get(link["url"])
    assert (got.status_code, got.content) == (200, PDF)
    assert httpx.get(link["url"].split("?")[0]).status_code == 403
    assert [one["id"] for one in manager.ask(200, "GET", documents)["items"]] == [made["document"]["id"]]
    version = manager.ask(200, "GET", path)["document"]["version"]
    renamed = manager.ask(200, "PATCH", path, {"title": "The deck"}, version=version)
    second = manager.ask(201, "POST", f"{path}/versions", described("Deck v2.pdf", PDF + b"\n"))
    assert send(second["upload"], PDF + b"\n").status_code == 200
    eventually(lambda: len([v for v in manager.ask(200, "GET", path)["versions"] if v["status"] == "available"]) == 2)
    timeline = manager.ask(200, "GET", f"/api/investors/{investor['id']}/timeline?kind=document")
    assert len(timeline["items"]) == 1 and renamed["title"] == "The deck"
    version = manager.ask(200, "GET", path)["document"]["version"]
    manager.ask(204, "DELETE", path, version=version)
    manager.refused(404, "not_found", "POST", f"{path}/download", {})


def test_a_file_of_the_wrong_type_is_quarantined(admin: Person) -> None:
    manager = admin.create_user(unique("lia"), "relationship_manager")
    investor = manager.create_investor(unique("Lied"))
    page = b"<html><script>alert(1)</script></html>"
    made = manager.ask(201, "POST", f"/api/investors/{investor['id']}/documents", described("Deck.pdf", page))
    path = f"/api/investors/{investor['id']}/documents/{made['document']['id']}"
    assert send(made["upload"], page).status_code == 200
    eventually(lambda: status(manager, path) == "quarantined")
    told = eventually(lambda: manager.ask(200, "GET", "/api/notifications")["items"])
    assert "document_quarantined" in [notification["kind"] for notification in told]
