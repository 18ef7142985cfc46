"""Leads generated requests to things that exist: a valid ID becomes that of a real thing, a valid version the current one."""

import itertools
import re
import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from world import PASSWORD, World, code

# What an operation uses up: each call gets a new one.
USED_UP = {
    "investor_delete": "investor",
    "investor_restore": "deleted_investor",
    "merge_create": "investor",
    "activity_delete": "activity",
    "investment_delete": "investment",
    "cash_flow_delete": "cash_flow",
    "document_delete": "document",
    "reminder_delete": "reminder",
    "reminder_cancel": "reminder",
    "reminder_done": "reminder",
    "import_cancel": "import",
    "import_start": "import",
    "product_delete": "product",
    "product_deletion_get": "deleted_product",
    "requirement_delete": "requirement",
    "baseline_delete": "baseline",
    "milestone_delete": "milestone",
    "asset_delete": "asset",
    "asset_approve": "reviewed_asset",
    "asset_reject": "reviewed_asset",
    "task_delete": "task",
    "comment_delete": "comment",
    "attachment_delete": "attachment",
    "rule_delete": "rule",
    "view_delete": "view",
}

# Operations that change the account or end the session of the caller, or of the user in the path: they get other users.
ACCOUNTS = {
    "session_revoke": "sam",
    "session_revoke_all": "sam",
    "password_change": "pat",
    "totp_create": "tess",
    "totp_confirm": "tess",
    "totp_delete": "tess",
    "recovery_codes_create": "nora",
}
USERS = {
    "user_update": "vic",
    "user_factors_reset": "finn",
    "user_invite": "ivo",
    "user_password_reset": "vic",
    "user_session_revoke_all": "vic",
    "user_session_list": "sam",
    "user_session_revoke": "sam",
    "product_member_put": "sam",
    "product_member_remove": "vic",
}

# The things that fields of a body refer to.
FIELDS = {
    "relationship_manager_id": "user",
    "owner_id": "user",
    "assignee_id": "user",
    "user_id": "user",
    "mentions": "user",
    "investment_id": "investment",
    "requirement_id": "requirement",
    "milestone_id": "milestone",
    "product_id": "product",
}
ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "text/csv": ".csv",
    "text/plain": ".txt",
}
# One valid request in so many goes to something that does not exist, or at another version.
ASTRAY = 5


def is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def in_a_day() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")


class Steering:
    """Changes requests before they are sent, and learns from their answers."""

    def __init__(self, world: World, first: str) -> None:
        self.world = world
        # The access token of the run itself.
        self.first = first
        self.calls: dict[str, int] = defaultdict(int)
        self.keys = itertools.count(1)

    def before(self, case) -> None:
        """Changes a request."""
        name = case.operation.definition.raw["operationId"]
        self.own_key(case)
        if case.method.upper() != case.operation.method.upper():
            return
        valid = case.meta is None or case.meta.generation.mode.is_positive
        if valid:
            self.calls[name] += 1
        if valid and self.calls[name] % ASTRAY == 0:
            return
        self.account(name, case, valid)
        self.path(name, case, valid)
        if valid:
            self.version(name, case)
            if isinstance(case.body, dict):
                self.body(case.body)
                own = getattr(self, f"body_of_{name}", None)
                if own:
                    own(case)
            own = getattr(self, f"query_of_{name}", None)
            if own:
                own(case)

    def own_key(self, case) -> None:
        """A valid `Idempotency-Key` becomes one of its own; otherwise most requests would repeat one, and get its answer."""
        key = (case.headers or {}).get("Idempotency-Key")
        if isinstance(key, str) and re.fullmatch(r"[!-~]{1,128}", key):
            case.headers["Idempotency-Key"] = f"request-{next(self.keys)}"

    def account(self, name: str, case, valid: bool) -> None:
        """Who sends the request."""
        account = ACCOUNTS.get(name, "ada")
        if case.headers.get("Authorization") == f"Bearer {self.first}":
            ends = valid and account == "sam"
            session = self.world.sign_in(account) if ends else self.world.session(account)
            case.headers["Authorization"] = f"Bearer {session['token']}"
            if name == "session_revoke" and is_id(case.path_parameters.get("session_id")):
                case.path_parameters["session_id"] = self.world.sign_in("sam")["id"]
        if name in ("token_refresh", "logout") and valid:
            case.headers["Cookie"] = self.world.sign_in("sam")["cookie"]

    def path(self, name: str, case, valid: bool) -> None:
        """Which things the path names."""
        parameters = case.path_parameters
        if name == "session_revoke" or not parameters:
            return
        used_up = USED_UP.get(name) if valid else None
        last = list(re.findall(r"{(\w+)}", case.operation.path))[-1]
        for parameter, value in list(parameters.items()):
            if parameter in ("version", "number") and valid:
                parameters[parameter] = 1
            if not is_id(value):
                continue
            kind = parameter.removesuffix("_id")
            if kind == "user":
                kind = USERS.get(name, "user")
            ground = "spare_" if used_up else "still_" if name.endswith(("_report", "_export")) else ""
            self.world.ground = ground
            if kind in self.world.ids:
                parameters[parameter] = self.world.id(kind)
            if parameter == last and used_up:
                parameters[parameter] = self.world.make(used_up, ground)
            if name == "user_session_revoke" and parameter == "session_id" and valid:
                parameters[parameter] = self.world.sign_in("sam")["id"]

    def version(self, name: str, case) -> None:
        """The version that the request is based on."""
        given = (case.headers or {}).get("If-Match")
        if not isinstance(given, str) or not re.fullmatch(r'"[0-9]{1,15}"', given):
            return
        path = case.formatted_path
        if "/members/" in path:
            path = path.split("/members/")[0]
        elif "{" in case.operation.path:
            template = case.operation.path
            after = template[template.rindex("}") + 1 :]
            path = path.removesuffix(after) if after else path
        version = self.current(path)
        if version is not None:
            case.headers["If-Match"] = f'"{version}"'

    def current(self, path: str) -> int | None:
        """The version of what is at a path, or in the list above it."""
        above, last = path.rsplit("/", 1)
        for where in (path, above):
            status, _, found = self.world.send("GET", where)
            found = [found, *(inner for inner in found.values() if isinstance(inner, dict)), *found.get("items", [])] if status == 200 else []
            for each in found:
                if "version" in each and each.get("id", last) == last or where == path and "version" in each:
                    return each["version"]
        return self.world.versions.get(last)

    def body(self, value) -> None:
        """Which things the body names."""
        for field, inner in value.items():
            kind = FIELDS.get(field)
            if kind and is_id(inner):
                value[field] = self.world.ids[kind]
            elif kind and isinstance(inner, list):
                value[field] = [self.world.ids[kind]] if inner and all(map(is_id, inner)) else inner
            for each in inner if isinstance(inner, list) else [inner]:
                if isinstance(each, dict):
                    self.body(each)
        for field in ("password", "new_password"):
            if isinstance(value.get(field), str):
                value[field] = f"marble harbor {next(self.keys)} kites"
        ending = ENDINGS.get(value.get("content_type"))
        if ending and isinstance(value.get("file_name"), str) and not value["file_name"].endswith(ending):
            value["file_name"] = value["file_name"].strip()[: 200 - len(ending)] + ending

    def body_of_import_create(self, case) -> None:
        if case.body.get("kind", "investors") == "investors":
            case.body.pop("product_id", None)
        else:
            case.body["product_id"] = self.world.ids["product"]

    def body_of_import_start(self, case) -> None:
        case.body["mapping"] = [{"column": "name", "field": "name"}, {"column": "email", "field": "email"}]
        case.body["key"] = "email"
        case.body["defaults"] = {"kind": "fund"}

    def body_of_merge_create(self, case) -> None:
        case.body["absorbed_id"] = self.world.make("investor")
        case.body["absorbed_version"] = 1

    def body_of_requirement_restore(self, case) -> None:
        case.body["version"] = 1

    def body_of_task_update_many(self, case) -> None:
        path = f"/api/products/{self.world.ids['product']}/tasks/{self.world.ids['task']}"
        case.body["ids"] = [{"id": self.world.ids["task"], "version": self.world.call("GET", path)["version"]}]

    def body_of_task_move(self, case) -> None:
        case.body.pop("after_id", None)
        case.body.pop("before_id", None)

    def body_of_login(self, case) -> None:
        case.body.update(username="sam", password=PASSWORD)

    def body_of_reauthenticate(self, case) -> None:
        if case.body.get("method") == "password":
            case.body["password"] = PASSWORD

    def body_of_password_change(self, case) -> None:
        case.body["current_password"] = self.world.passwords.get("pat", PASSWORD)

    def body_of_challenge_answer(self, case) -> None:
        if case.body.get("method") == "recovery" and self.world.codes:
            _, _, due = self.world.send("POST", "/api/auth/login", {"username": "nora", "password": PASSWORD}, token="")
            case.body.update(challenge=due.get("challenge", ""), code=self.world.codes.pop())

    def body_of_reminder_update(self, case) -> None:
        case.body["due_local"] = "2100-01-15T09:00"

    def body_of_reminder_snooze(self, case) -> None:
        case.body["until"] = in_a_day()


    def body_of_totp_confirm(self, case) -> None:
        status, _, answer = self.world.send("POST", "/api/me/totp", token=self.world.session("tess")["token"])
        if status == 200:
            case.body["code"] = code(answer["secret"])

    def query_of_product_member_remove(self, case) -> None:
        path = f"/api/products/{self.world.ids['product']}"
        self.world.send("PUT", f"{path}/members/{self.world.ids['vic']}", {"role": "tester"}, version=self.current(path))
        self.version("product_member_remove", case)

    def query_of_audit_verify(self, case) -> None:
        case.query.update(entity_type="investor", entity_id=self.world.ids["investor"])

    def after(self, case, response) -> None:
        """Notes what an answer changed."""
        name = case.operation.definition.raw["operationId"]
        if case.method.upper() != case.operation.method.upper() or not 200 <= response.status_code < 300:
            return
        if name == "password_change":
            self.world.passwords["pat"] = case.body["new_password"]
        elif name == "security_update":
            found = self.world.call("GET", "/api/settings/security")
            self.world.call("PATCH", "/api/settings/security", {"required_roles": []}, version=found["version"])
