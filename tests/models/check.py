"""Requests to language models, one line of JSON each, against the request types of the official clients.

`check.py FOLDER` reads claude.jsonl, openai.jsonl and ollama.jsonl, which examples/bodies.rs of the crate has written.
The clients' own types are made to refuse unknown fields. Each check prints one line of JSON: its name, and what went
wrong if something did. The last checks hold the checks themselves to account: what is made wrong on purpose must be
refused.
"""

import copy
import inspect
import json
import pathlib
import sys
import traceback
from urllib.parse import parse_qs, urlsplit

import anthropic.types  # noqa: F401  (its modules are walked through below)
import ollama._types as ollama_types
import openai.types.chat  # noqa: F401
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from anthropic.types.model_list_params import ModelListParams
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import BaseModel, ConfigDict, TypeAdapter
from typing_extensions import is_typeddict

FORBID = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def refuse_unknown_fields():
    """Of every record type of the clients, before a validator is made of any."""
    for name, module in list(sys.modules.items()):
        if not name.startswith(("anthropic.types", "openai.types")):
            continue
        for _, member in inspect.getmembers(module, is_typeddict):
            member.__pydantic_config__ = FORBID
    models = [
        member
        for _, member in inspect.getmembers(ollama_types, inspect.isclass)
        if issubclass(member, BaseModel) and member.__module__ == ollama_types.__name__
    ]
    for model in models:
        model.model_config["extra"] = "forbid"
    for _ in range(2):
        for model in models:
            model.model_rebuild(force=True)


refuse_unknown_fields()
CLAUDE = TypeAdapter(MessageCreateParamsNonStreaming)
OPENAI = TypeAdapter(CompletionCreateParamsNonStreaming)
LIST = TypeAdapter(ModelListParams)


def consume(value):
    """Lists are validated as they are gone through."""
    if isinstance(value, dict):
        for each in value.values():
            consume(each)
    elif not isinstance(value, (str, bytes, int, float, bool, type(None), BaseModel)):
        for each in value:
            consume(each)


def validate_claude(body):
    consume(CLAUDE.validate_python(body, strict=True))


def validate_openai(body):
    consume(OPENAI.validate_python(body, strict=True))


def validate_ollama(body):
    # Its own type lets options and messages be any mapping: they are held to their own types too.
    ollama_types.ChatRequest.model_validate(body, strict=True)
    ollama_types.Options.model_validate(body["options"], strict=True)
    for message in body["messages"]:
        ollama_types.Message.model_validate(message, strict=True)


def sdk_headers():
    """The headers that the official client of Claude sends with every request."""
    client = anthropic.Anthropic(api_key="any", base_url="http://127.0.0.1:1")
    return {name.lower(): value for name, value in client.default_headers.items() if isinstance(value, str)}


def check_claude(request):
    method, path = request["line"].split(" ")
    headers = request["headers"]
    own = sdk_headers()
    for name in ["anthropic-version", "accept"]:
        assert headers[name] == own[name], f"{name} is {headers[name]!r}, the client sends {own[name]!r}"
    assert headers["x-api-key"] and "authorization" not in headers
    if method == "GET":
        parts = urlsplit(path)
        assert parts.path == "/v1/models"
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        LIST.validate_python({**query, "limit": int(query["limit"])})
        return
    assert (method, path) == ("POST", "/v1/messages")
    assert headers["content-type"] == own["content-type"]
    validate_claude(request["body"])


def check_openai(request):
    assert request["line"] == "POST /v1/chat/completions"
    assert request["headers"]["content-type"] == "application/json"
    validate_openai(request["body"])


def check_ollama(request):
    if request["line"] == "GET /api/tags":
        assert request["body"] is None
        return
    assert request["line"] == "POST /api/chat"
    validate_ollama(request["body"])


def refused(validate, body, change):
    wrong = copy.deepcopy(body)
    change(wrong)
    try:
        validate(wrong)
    except ValueError:
        return
    raise AssertionError("it was not refused")


def told(name, function, *arguments):
    wrong = None
    try:
        function(*arguments)
    except Exception:
        wrong = traceback.format_exc(limit=-3)
    print(json.dumps({"name": name, "wrong": wrong}), flush=True)


def is_draft(request):
    """Whether a request asks for a draft of a reply: only those tell articles of the help center."""
    return request["body"] is not None and "<articles>" in json.dumps(request["body"])


def describe(number, request):
    body = request["body"] or {}
    fields = ", ".join(sorted(body.keys() - {"model", "messages"}))
    kind = "a draft: " if is_draft(request) else ""
    return f"{number}: {kind}{request['line']} {body.get('model', '')} ({fields})"


def draft_schema(body):
    """The form that a draft is held to, where each service has its place for it."""
    if "tools" in body:
        return body["tools"][0]["input_schema"]
    if "output_config" in body:
        return body["output_config"]["format"]["schema"]
    if "response_format" in body:
        return body["response_format"]["json_schema"]["schema"]
    return body["format"]


def check_form(body):
    """Services that hold answers to a schema take only closed records with every field required."""
    schema = draft_schema(body)
    assert set(schema["properties"]) == {"citations", "decision", "reason", "reply"}
    records = [schema, schema["properties"]["citations"]["items"]]
    for record in records:
        assert record["type"] == "object" and record["additionalProperties"] is False
        assert set(record["required"]) == set(record["properties"])


def main(folder):
    services = [
        ("claude", check_claude, validate_claude),
        ("openai", check_openai, validate_openai),
        ("ollama", check_ollama, validate_ollama),
    ]
    for service, check, validate in services:
        lines = (pathlib.Path(folder) / f"{service}.jsonl").read_text(encoding="utf-8").splitlines()
        requests = [json.loads(line) for line in lines]
        for number, request in enumerate(requests):
            told(f"{service} {describe(number, request)}", check, request)
        opinions = [request["body"] for request in requests if request["body"] and not is_draft(request)]
        drafts = [request["body"] for request in requests if is_draft(request)]
        for number, body in enumerate(drafts):
            told(f"{service}: draft {number} is held to a closed form", check_form, body)
        for kind, bodies in [("an opinion", opinions), ("a draft", drafts)]:
            for what, change in [
                ("an unknown field", lambda body: body.update(extra=1)),
                ("a wrong type", lambda body: body.update(model=[])),
                ("an unknown field in a message", lambda body: body["messages"][0].update(extra=1)),
            ]:
                # There must be one: without any, this fails.
                told(f"{service}: {what} in {kind} is refused", lambda: refused(validate, bodies[0], change))
    lines = (pathlib.Path(folder) / "claude.jsonl").read_text(encoding="utf-8").splitlines()
    requests = [json.loads(line) for line in lines]
    opinion = requests[1]["body"]
    format_of_draft = next(it["body"] for it in requests if is_draft(it) and "output_config" in it["body"])
    tool_of_draft = next(it["body"] for it in requests if is_draft(it) and "tools" in it["body"])
    for name, body, change in [
        ("in the format", opinion, lambda body: body["output_config"]["format"].update(extra=1)),
        ("in the block of buckets", opinion, lambda body: body["system"][0].update(extra=1)),
        ("in the cache's control", opinion, lambda body: body["system"][0]["cache_control"].update(extra=1)),
        ("in thinking", opinion, lambda body: body["thinking"].update(extra=1)),
        ("in the format of a draft", format_of_draft, lambda body: body["output_config"]["format"].update(extra=1)),
        ("in the instructions of a draft", format_of_draft, lambda body: body["system"][0].update(extra=1)),
        ("in the tool of a draft", tool_of_draft, lambda body: body["tools"][0].update(extra=1)),
        ("in the choice of that tool", tool_of_draft, lambda body: body["tool_choice"].update(extra=1)),
    ]:
        told(f"claude: an unknown field {name} is refused", refused, validate_claude, body, change)


if __name__ == "__main__":
    main(sys.argv[1])
