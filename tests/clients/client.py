"""The official client for Python, as it is published, against the simulator at the address in SIM_BASE_URL.

Each check prints one line of JSON: its name, and what went wrong if something did. What comes back is looked at, not
only that something comes back.
"""

import json
import os
import sys
import traceback
import urllib.request

from intercom import Intercom
from intercom.conversations.types import (
    ConversationsManageRequestBody_Assignment,
    ConversationsManageRequestBody_Close,
    ConversationsManageRequestBody_Open,
    ConversationsManageRequestBody_Snoozed,
)
from intercom.core.api_error import ApiError
from intercom.types import (
    AdminReplyConversationRequest,
    ContactReplyEmailRequest,
    CreateArticleRequest,
    CreateContactRequestWithEmail,
    CreateContactRequestWithRole,
    CreateDataEventRequestWithUserId,
    CreateOrUpdateTagRequest,
    SingleFilterSearchRequest,
    StartingAfterPaging,
)

BASE_URL = os.environ["SIM_BASE_URL"]
TOKEN = os.environ["SIM_TOKEN"]
ADMIN_ID = os.environ["SIM_ADMIN_ID"]
# This client names no version by itself.
client = Intercom(token=TOKEN, base_url=BASE_URL, headers={"Intercom-Version": "2.16"})

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def control(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{BASE_URL}/_sim/{path}", data=data)) as answer:
        return json.load(answer)


def conversation(number, body="Hello"):
    made = control("messages", {"email": f"python{number}@example.com", "body": body})
    return made["conversation_id"]


def refusal(call):
    try:
        call()
    except ApiError as error:
        # Errors with a class of their own carry the body as an object.
        body = error.body if isinstance(error.body, dict) else error.body.dict()
        return error.status_code, body["errors"][0]["code"], body["errors"][0]["message"]
    raise AssertionError("it was not refused")


def page_by_hand(search, **arguments):
    """Goes through a search by its cursor: this client's own iteration of searches stays on the first page."""
    found = []
    after = None
    for _page in range(50):
        pagination = StartingAfterPaging(per_page=2, starting_after=after)
        pager = search(pagination=pagination, **arguments)
        found.extend(pager.items)
        after = pager.response.pages.next.starting_after if pager.response.pages.next else None
        if after is None:
            return found
    raise AssertionError("the search does not end")


@check
def it_says_who_it_is_and_lists_the_teammates():
    me = client.admins.identify()
    same(me.id, ADMIN_ID)
    admins = client.admins.list().admins
    assert any(admin.id == me.id and admin.email == me.email for admin in admins)
    same(client.admins.find(int(admins[1].id)).name, admins[1].name)
    same([team.name for team in client.teams.list().teams], ["On-call", "Billing", "Support"])


@check
def it_goes_through_lists_and_searches_of_conversations_to_their_ends():
    made = [conversation(number) for number in range(5)]
    ids = [each.id for each in client.conversations.list(per_page=2)]
    same(len(set(ids)), len(ids))
    assert set(made) <= set(ids)
    query = SingleFilterSearchRequest(field="id", operator="IN", value=made)
    found = page_by_hand(client.conversations.search, query=query)
    same(sorted(each.id for each in found), sorted(made))


@check
def it_begins_answers_assigns_snoozes_closes_and_opens_a_conversation():
    contact = client.contacts.create(request=CreateContactRequestWithEmail(email="py@begins.example", name="Py"))
    begun = client.conversations.create(from_={"type": "user", "id": contact.id}, body="Hello there")
    conversation_id = begun.conversation_id
    assert conversation_id != begun.id
    reply = AdminReplyConversationRequest(
        message_type="comment", type="admin", admin_id=ADMIN_ID, body="<p>Good <b>day</b></p>"
    )
    shown = client.conversations.reply(conversation_id, request=reply)
    same(shown.conversation_parts.conversation_parts[-1].body, '<p class="no-margin">Good <b>day</b></p>')
    answer = ContactReplyEmailRequest(
        message_type="comment", type="user", body="And to you", email="py@begins.example"
    )
    shown = client.conversations.reply(conversation_id, request=answer)
    same(shown.conversation_parts.conversation_parts[-1].author.id, contact.id)
    team = client.teams.list().teams[1]
    assign = ConversationsManageRequestBody_Assignment(type="team", admin_id=ADMIN_ID, assignee_id=team.id)
    shown = client.conversations.manage(conversation_id, request=assign)
    same(str(shown.team_assignee_id), team.id)
    snooze = ConversationsManageRequestBody_Snoozed(admin_id=ADMIN_ID, snoozed_until=4_000_000_000)
    same(client.conversations.manage(conversation_id, request=snooze).state, "snoozed")
    open_it = ConversationsManageRequestBody_Open(admin_id=ADMIN_ID)
    same(client.conversations.manage(conversation_id, request=open_it).state, "open")
    close = ConversationsManageRequestBody_Close(admin_id=ADMIN_ID, body="Bye")
    same(client.conversations.manage(conversation_id, request=close).state, "closed")
    plain = client.conversations.find(conversation_id, display_as="plaintext")
    same(
        [part.body for part in plain.conversation_parts.conversation_parts],
        ["Good day", "And to you", None, None, None, "Bye"],
    )


@check
def it_makes_finds_changes_and_searches_contacts_and_is_told_of_a_conflict():
    made = client.contacts.create(request=CreateContactRequestWithEmail(email="py@ada.example", external_id="py-ada"))
    status, code, message = refusal(
        lambda: client.contacts.create(request=CreateContactRequestWithEmail(email="py@ada.example"))
    )
    same((status, code), (409, "conflict"))
    assert message.endswith(f"id={made.id}"), message
    same(client.contacts.show_contact_by_external_id("py-ada").id, made.id)
    same(client.contacts.update(made.id, name="Ada Low").name, "Ada Low")
    for number in range(3):
        client.contacts.create(request=CreateContactRequestWithEmail(email=f"py{number}@search.example"))
    query = SingleFilterSearchRequest(field="email", operator="~", value="search.example")
    same(len(page_by_hand(client.contacts.search, query=query)), 3)
    assert made.id in [contact.id for contact in client.contacts.list(per_page=4)]


@check
def it_merges_a_lead_into_a_user_archives_blocks_and_deletes():
    user = client.contacts.create(request=CreateContactRequestWithEmail(email="py@merged.example", role="user"))
    lead = client.contacts.create(request=CreateContactRequestWithRole(email="py@merged.example", role="lead"))
    same(client.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id).id, user.id)
    same(refusal(lambda: client.contacts.find(lead.id))[:2], (410, "contact_merged"))
    same(client.contacts.archive(user.id).archived, True)
    same(client.contacts.unarchive(user.id).archived, False)
    same(client.contacts.block_contact(user.id).blocked, True)
    same(client.contacts.delete(user.id).deleted, True)
    same(refusal(lambda: client.contacts.find(user.id))[0], 404)


@check
def it_puts_tags_on_and_takes_them_off():
    tag = client.tags.create(request=CreateOrUpdateTagRequest(name="From Python"))
    conversation_id = conversation(77)
    on = client.tags.tag_conversation(conversation_id, tag_id=tag.id, admin_id=ADMIN_ID)
    same(on.name, "From Python")
    same([each.id for each in client.conversations.find(conversation_id).tags.tags], [tag.id])
    client.tags.untag_conversation(conversation_id, tag.id, admin_id=ADMIN_ID)
    same(client.conversations.find(conversation_id).tags.tags, [])
    client.tags.delete(tag.id)
    assert tag.id not in [each.id for each in client.tags.list().data]


@check
def it_submits_events_which_are_answered_with_nothing_and_counts_them():
    client.contacts.create(request=CreateContactRequestWithEmail(email="py@buyer.example", external_id="py-buyer"))
    for created_at in (1_700_000_000, 1_700_000_100):
        event = CreateDataEventRequestWithUserId(event_name="bought", created_at=created_at, user_id="py-buyer")
        same(client.events.create(request=event), None)
    summary = client.events.list(type="user", user_id="py-buyer", summary=True)
    same([(event.name, event.count) for event in summary.events], [("bought", 2)])


@check
def it_pages_through_articles_by_number_and_stops_after_the_last_page():
    made = [
        client.articles.create(
            request=CreateArticleRequest(
                title=f"Python {number}", author_id=int(ADMIN_ID), body="<p>Read</p>", state="published"
            )
        )
        for number in range(5)
    ]
    same(made[0].body, '<p class="no-margin">Read</p>')
    ids = [article.id for article in client.articles.list(per_page=2)]
    same(len(set(ids)), len(ids))
    assert {article.id for article in made} <= set(ids)
    found = client.articles.search(phrase="python 3", state="published")
    same([article.id for article in found.data.articles], [made[3].id])
    same(client.articles.delete(int(made[0].id)).deleted, True)


@check
def it_is_refused_with_the_code_and_the_message_of_the_error_list():
    stranger = Intercom(token="wrong", base_url=BASE_URL)
    same(refusal(stranger.admins.list), (401, "unauthorized", "Access Token Invalid"))
    same(refusal(lambda: client.conversations.find("1"))[:2], (404, "not_found"))


@check
def it_waits_for_the_end_of_the_window_after_429_when_it_may_try_again():
    control("faults", {"match": {"path": "/me"}, "times": 1, "do": "rate_limit", "delay_ms": 1000})
    same(refusal(client.admins.identify)[:2], (429, "rate_limit_exceeded"))
    control("faults", {"match": {"path": "/me"}, "times": 1, "do": "rate_limit", "delay_ms": 1000})
    # It counts the retries from two on, so three of them are one.
    same(client.admins.identify(request_options={"max_retries": 3}).id, ADMIN_ID)


def main():
    for function in CHECKS:
        wrong = None
        try:
            function()
        except Exception:  # noqa: BLE001: whatever goes wrong is told by its name
            wrong = traceback.format_exc()
        print(json.dumps({"name": function.__name__.replace("_", " "), "wrong": wrong}), flush=True)
    sys.exit(0)


main()
