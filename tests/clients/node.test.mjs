// The official client for Node.js, as it is published, against the simulator: what it gives back is looked at, not
// only that it gives something back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { IntercomClient, IntercomError } from 'intercom-client';

import { startWorkspace } from './workspace.mjs';

let workspace;
let client;

before(async () => {
  workspace = await startWorkspace();
  client = new IntercomClient({ token: workspace.token, baseUrl: workspace.base_url });
});

after(() => workspace?.stop());

/** A new conversation of a new customer. */
async function conversation(body) {
  const email = `customer${Math.round(performance.now() * 1000)}@example.com`;
  const { conversation_id } = await workspace.control('messages', { email, body });
  return { id: conversation_id, email };
}

async function refusal(promise) {
  return promise.then(
    () => assert.fail('it was not refused'),
    (error) => {
      assert.ok(error instanceof IntercomError, `${error}`);
      return { status: error.statusCode, ...error.body.errors[0] };
    },
  );
}

/** All of a page and the pages after it. */
async function all(page) {
  const found = [];
  for await (const each of page) found.push(each);
  return found;
}

test('it says who it is, and lists the teammates', async () => {
  const me = await client.admins.identify();
  assert.equal(me.id, workspace.admin_id);
  assert.equal(me.app.id_code, workspace.app_id);
  const { admins } = await client.admins.list();
  assert.ok(admins.some((admin) => admin.id === me.id && admin.email === me.email));
  const one = await client.admins.find({ admin_id: Number(admins[1].id) });
  assert.equal(one.name, admins[1].name);
  const { teams } = await client.teams.list();
  assert.deepEqual(teams.map((team) => team.name), ['On-call', 'Billing', 'Support']);
});

test('it sends the version it was written for, and is answered in that version', async () => {
  const { id } = await conversation('Which version is this?');
  const found = await client.conversations.find({ conversation_id: id });
  assert.equal(found.admin_assignee_id, null, 'before 2.16 nobody was null');
  const newest = new IntercomClient({ token: workspace.token, baseUrl: workspace.base_url, version: '2.16' });
  assert.equal((await newest.conversations.find({ conversation_id: id })).admin_assignee_id, 0);
});

test('it goes through lists and searches of conversations to their ends', async () => {
  const made = [];
  for (const number of [1, 2, 3, 4, 5]) made.push((await conversation(`Number ${number}`)).id);
  const listed = await all(await client.conversations.list({ per_page: 2 }));
  const ids = listed.map((each) => each.id);
  assert.equal(new Set(ids).size, ids.length, 'each once');
  assert.ok(made.every((id) => ids.includes(id)));
  const search = { query: { field: 'id', operator: 'IN', value: made }, pagination: { per_page: 2 } };
  const found = await all(await client.conversations.search(search));
  assert.deepEqual(found.map((each) => each.id).sort(), [...made].sort());
});

test('it begins, answers, assigns, snoozes, closes and opens a conversation', async () => {
  const contact = await client.contacts.create({ email: 'begins@example.com', name: 'Bea Gins' });
  const begun = await client.conversations.create({ from: { type: 'user', id: contact.id }, body: 'Hello there' });
  const conversation_id = begun.conversation_id;
  assert.notEqual(conversation_id, begun.id);
  const admin_id = workspace.admin_id;
  const last = (shown) => shown.conversation_parts.conversation_parts.at(-1);

  const reply = { message_type: 'comment', type: 'admin', admin_id, body: '<p>Good <b>day</b></p>' };
  const replied = await client.conversations.reply({ conversation_id, body: reply });
  assert.equal(last(replied).body, '<p class="no-margin">Good <b>day</b></p>');
  assert.equal(last(replied).author.id, admin_id);
  const customer = { message_type: 'comment', type: 'user', email: 'begins@example.com', body: 'And to you' };
  const answered = await client.conversations.reply({ conversation_id, body: customer });
  assert.equal(last(answered).author.id, contact.id);

  const team = (await client.teams.list()).teams[1];
  const manage = (body) => client.conversations.manage({ conversation_id, body });
  const assigned = await manage({ message_type: 'assignment', type: 'team', admin_id, assignee_id: team.id });
  assert.equal(String(assigned.team_assignee_id), team.id);
  assert.equal(last(assigned).part_type, 'assignment');
  const snoozed = await manage({ message_type: 'snoozed', admin_id, snoozed_until: 4_000_000_000 });
  assert.equal(snoozed.state, 'snoozed');
  const opened = await manage({ message_type: 'open', admin_id });
  assert.equal(opened.state, 'open');
  const closed = await manage({ message_type: 'close', type: 'admin', admin_id, body: 'Bye' });
  assert.equal(closed.state, 'closed');
  assert.equal(closed.conversation_parts.total_count, 6);

  const plain = await client.conversations.find({ conversation_id, display_as: 'plaintext' });
  assert.equal(plain.source.body, 'Hello there');
  assert.deepEqual(
    plain.conversation_parts.conversation_parts.map((part) => part.body),
    ['Good day', 'And to you', null, null, null, 'Bye'],
  );
  const attributes = { Severity: 'High' };
  const changed = await client.conversations.update({ conversation_id, custom_attributes: attributes, read: true });
  assert.deepEqual(changed.custom_attributes, attributes);
});

test('it lets contacts in and out, redacts, converts and deletes', async () => {
  const { id: conversation_id } = await conversation('My password is 1234');
  const admin_id = workspace.admin_id;
  const friend = await client.contacts.create({ email: 'friend@example.com' });
  const attach = { conversation_id, admin_id, customer: { intercom_user_id: friend.id } };
  const joined = await client.conversations.attachContactAsAdmin(attach);
  assert.equal(joined.contacts.contacts.length, 2);
  const left = await client.conversations.detachContactAsAdmin({ conversation_id, contact_id: friend.id, admin_id });
  assert.equal(left.contacts.contacts.length, 1);
  const source_id = left.source.id;
  const redacted = await client.conversations.redactConversationPart({ type: 'source', conversation_id, source_id });
  assert.equal(redacted.source.redacted, true);
  assert.ok(!redacted.source.body.includes('1234'));
  const kind = (await client.ticketTypes.list()).data.find((type) => type.category === 'Customer');
  const ticket = await client.conversations.convertToTicket({
    conversation_id: Number(conversation_id),
    ticket_type_id: kind.id,
    attributes: { _default_title_: 'A password' },
  });
  assert.equal(ticket.id, conversation_id);
  assert.equal(ticket.ticket_type.id, kind.id);
  const deleted = await client.conversations.deleteConversation({ conversation_id: Number(conversation_id) });
  assert.deepEqual(deleted, { id: conversation_id, object: 'conversation', deleted: true });
  assert.equal((await refusal(client.conversations.find({ conversation_id }))).status, 404);
});

test('it makes, finds, changes and searches contacts, and is told of a conflict', async () => {
  const made = await client.contacts.create({ email: 'ada@example.com', external_id: 'ada-1', name: 'Ada' });
  const conflict = await refusal(client.contacts.create({ email: 'ada@example.com' }));
  assert.deepEqual([conflict.status, conflict.code], [409, 'conflict']);
  assert.ok(conflict.message.endsWith(`id=${made.id}`));
  const found = await client.contacts.showContactByExternalId({ external_id: 'ada-1' });
  assert.equal(found.id, made.id);
  const updated = await client.contacts.update({ contact_id: made.id, name: 'Ada Low', custom_attributes: { plan: 'Team' } });
  assert.equal(updated.name, 'Ada Low');
  assert.equal(updated.custom_attributes.plan, 'Team');
  for (const number of [1, 2, 3]) await client.contacts.create({ email: `many${number}@search.example` });
  const query = { field: 'email', operator: '~', value: 'search.example' };
  const many = await all(await client.contacts.search({ query, pagination: { per_page: 2 } }));
  assert.equal(many.length, 3);
  const listed = await all(await client.contacts.list({ per_page: 4 }));
  assert.ok(listed.some((contact) => contact.id === made.id));
});

test('it merges a lead into a user, archives, blocks and deletes', async () => {
  const user = await client.contacts.create({ email: 'merged@example.com', role: 'user' });
  const lead = await client.contacts.create({ email: 'merged@example.com', role: 'lead' });
  const merged = await client.contacts.mergeLeadInUser({ from: lead.id, into: user.id });
  assert.equal(merged.id, user.id);
  const gone = await refusal(client.contacts.find({ contact_id: lead.id }));
  assert.deepEqual([gone.status, gone.code], [410, 'contact_merged']);
  assert.equal((await client.contacts.archive({ contact_id: user.id })).archived, true);
  const twin = await refusal(client.contacts.create({ email: 'merged@example.com' }));
  assert.ok(twin.message.startsWith('An archived contact'));
  assert.equal((await client.contacts.unarchive({ contact_id: user.id })).archived, false);
  assert.equal((await client.contacts.blockContact({ contact_id: user.id })).blocked, true);
  assert.equal((await client.contacts.delete({ contact_id: user.id })).deleted, true);
  assert.equal((await refusal(client.contacts.find({ contact_id: user.id }))).status, 404);
});

test('it puts tags on and takes them off', async () => {
  const tag = await client.tags.create({ name: 'From a client' });
  const { id: conversation_id, email } = await conversation('Tag me');
  const admin_id = workspace.admin_id;
  const on = await client.tags.tagConversation({ conversation_id, id: tag.id, admin_id });
  assert.equal(on.name, 'From a client');
  const shown = await client.conversations.find({ conversation_id });
  assert.deepEqual(shown.tags.tags.map((each) => each.id), [tag.id]);
  await client.tags.untagConversation({ conversation_id, tag_id: tag.id, admin_id });
  assert.equal((await client.conversations.find({ conversation_id })).tags.tags.length, 0);
  const [contact] = await all(await client.contacts.search({ query: { field: 'email', operator: '=', value: email } }));
  await client.tags.tagContact({ contact_id: contact.id, id: tag.id });
  const theirs = await client.contacts.listAttachedTags({ contact_id: contact.id });
  assert.deepEqual(theirs.data.map((each) => each.id), [tag.id]);
  await client.tags.untagContact({ contact_id: contact.id, tag_id: tag.id });
  await client.tags.delete({ tag_id: tag.id });
  assert.ok(!(await client.tags.list()).data.some((each) => each.id === tag.id));
});

test('it submits events, which are answered with nothing, and counts them', async () => {
  await client.contacts.create({ external_id: 'buyer', email: 'buyer@example.com' });
  for (const created_at of [1_700_000_000, 1_700_000_100]) {
    const answer = await client.events.create({ event_name: 'bought', created_at, user_id: 'buyer', metadata: { price: 3 } });
    assert.equal(answer, undefined);
  }
  await client.events.summaries({ user_id: 'buyer', event_summaries: { event_name: 'bought', count: 5, first: 1_600_000_000, last: 1_650_000_000 } });
  const calls = await workspace.control('calls?writes=1');
  assert.equal(calls.filter((call) => call.path === '/events' && call.status === 202).length, 2);
  const summary = await client.events.list({ type: 'user', user_id: 'buyer', summary: true });
  assert.deepEqual(summary.events.map(({ name, count }) => [name, count]), [['bought', 7]]);
});

test('it pages through articles by number and stops after the last page', async () => {
  const author_id = Number(workspace.admin_id);
  const made = [];
  for (const number of [1, 2, 3, 4, 5]) {
    const title = `Article ${number} of a client`;
    made.push(await client.articles.create({ title, author_id, body: '<p>Read this</p>', state: 'published' }));
  }
  assert.equal(made[0].body, '<p class="no-margin">Read this</p>');
  const listed = await all(await client.articles.list({ per_page: 2 }));
  const ids = listed.map((article) => article.id);
  assert.equal(new Set(ids).size, ids.length, 'each once');
  assert.ok(made.every((article) => ids.includes(article.id)));
  const changed = await client.articles.update({ article_id: Number(made[0].id), title: 'Quite another' });
  assert.equal(changed.title, 'Quite another');
  const found = await client.articles.search({ phrase: 'quite another', state: 'published' });
  assert.deepEqual(found.data.articles.map((article) => article.id), [made[0].id]);
  const deleted = await client.articles.delete({ article_id: Number(made[0].id) });
  assert.equal(deleted.deleted, true);
  const collections = await all(await client.helpCenters.collections.list({ per_page: 1 }));
  assert.deepEqual(collections.map((each) => each.name).sort(), ['Billing', 'For developers', 'Getting started', 'In the warehouse']);
});

test('it makes companies, puts people on them, and pages through both', async () => {
  const person = await client.contacts.create({ email: 'works@example.com' });
  const ids = [];
  for (const number of [1, 2, 3]) {
    const company = await client.companies.createOrUpdate({ company_id: `client-${number}`, name: `Client ${number}` });
    await client.companies.attachContact({ contact_id: person.id, id: company.id });
    ids.push(company.id);
  }
  const theirs = await all(await client.contacts.listAttachedCompanies({ contact_id: person.id, per_page: 2 }));
  assert.deepEqual(theirs.map((company) => company.id).sort(), [...ids].sort());
  const listed = await all(await client.companies.list({ per_page: 2 }));
  assert.ok(ids.every((id) => listed.some((company) => company.id === id)));
  const scrolled = await all(await client.companies.scroll());
  assert.ok(ids.every((id) => scrolled.some((company) => company.id === id)));
  await client.companies.detachContact({ contact_id: person.id, company_id: ids[0] });
  assert.equal((await client.companies.delete({ company_id: ids[0] })).deleted, true);
  assert.equal((await refusal(client.companies.find({ company_id: ids[0] }))).code, 'company_not_found');
});

test('it is refused with the code and the message of the error list', async () => {
  const stranger = new IntercomClient({ token: 'wrong', baseUrl: workspace.base_url });
  assert.deepEqual(await refusal(stranger.admins.list()), {
    status: 401,
    code: 'unauthorized',
    message: 'Access Token Invalid',
  });
  const nowhere = await refusal(client.conversations.find({ conversation_id: '1' }));
  assert.deepEqual([nowhere.status, nowhere.code], [404, 'not_found']);
  const wrong = await refusal(client.contacts.search({ query: { field: 'shoe_size', operator: '=', value: '42' } }));
  assert.deepEqual([wrong.status, wrong.code], [400, 'parameter_invalid']);
});

test('it waits for the end of the window after 429 and then goes on by itself', async () => {
  const fault = { match: { path: '/me' }, times: 1, do: 'rate_limit', delay_ms: 1000 };
  await workspace.control('faults', fault);
  const begun = performance.now();
  assert.equal((await client.admins.identify()).id, workspace.admin_id);
  assert.ok(performance.now() - begun > 500, 'it asked again only after a while');
  const statuses = (await workspace.control('calls')).filter((call) => call.path === '/me').map((call) => call.status);
  assert.deepEqual(statuses.slice(-2), [429, 200]);
});
