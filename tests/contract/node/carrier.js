// The vendor's SDK for Node, unmodified, through every operation of ours that it has.
// node carrier.js ADDRESS SID TOKEN; the SDK is looked for in NODE_PATH. Ends with 0 if all of it held.

const assert = require("node:assert/strict");
const twilio = require("twilio");

const [address, sid, token] = process.argv.slice(2);
const MARIA = "+14155550101", LONDON = "+447700900123", SUPPORT = "+14155550150";
const WORDS = "Customers text the number on our parcels and ask where they are.";
const unknown = "1".repeat(32);

// One port stands for every host: X-Orig-Host says which one was meant.
class Local extends twilio.RequestClient {
  request(options) {
    const url = new URL(options.uri);
    const headers = { ...options.headers, "X-Orig-Host": url.host };
    return super.request({ ...options, uri: address + url.pathname + url.search, headers });
  }
}

const client = twilio(sid, token, { httpClient: new Local() });

async function act(method, path, body) {
  const answer = await fetch(`${address}/_sim${path}`, { method, body: JSON.stringify(body ?? {}) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
}

async function until(holds, before = async () => {}) {
  for (let times = 0; times < 200; times += 1) {
    await before();
    if (await holds()) return;
  }
  assert.fail(`never: ${holds}`);
}

const minute = () => act("POST", "/clock", { advance: 60 });
const sids = (found) => found.map((each) => each.sid);

async function refused(code, ask) {
  await assert.rejects(ask, (error) => error.code === code);
}

async function messages() {
  const made = await client.messages.create({ to: MARIA, from: SUPPORT, body: "hello" });
  assert.equal(made.status, "queued");
  const one = client.messages(made.sid);
  await until(async () => (await one.fetch()).status === "delivered");
  assert.ok((await one.fetch()).dateSent instanceof Date);
  assert.equal((await one.feedback.create({ outcome: "confirmed" })).outcome, "confirmed");
  assert.equal((await one.update({ body: "" })).body, "");
  assert.deepEqual(sids(await client.messages.list({ to: MARIA, pageSize: 1 })), [made.sid]);
  assert.equal(await one.remove(), true);
  const media = [{ content_type: "image/png", text: "PNG" }];
  const photo = client.messages((await act("POST", `/phones/${MARIA}/texts`, { to: SUPPORT, media })).sid);
  const [file] = await photo.media.list();
  assert.equal((await photo.media(file.sid).fetch()).contentType, "image/png");
  assert.equal(await photo.media(file.sid).remove(), true);
  await refused(21211, () => client.messages.create({ to: "123", from: SUPPORT, body: "x" }));
}

async function numbers() {
  await act("PUT", "/numbers/55501", {});
  assert.equal((await client.api.v2010.accounts(sid).fetch()).status, "active");
  assert.equal((await client.balance.fetch()).currency, "USD");
  const bought = await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550155" });
  const one = client.incomingPhoneNumbers(bought.sid);
  assert.equal((await one.update({ friendlyName: "ours" })).friendlyName, "ours");
  assert.equal((await one.fetch()).capabilities.sms, true);
  assert.deepEqual(sids(await client.incomingPhoneNumbers.list({ friendlyName: "ours" })), [bought.sid]);
  assert.equal(await one.remove(), true);
  const [code] = await client.api.v2010.account.shortCodes.list();
  const short = client.api.v2010.account.shortCodes(code.sid);
  assert.equal((await short.fetch()).shortCode, "55501");
  assert.equal((await short.update({ smsMethod: "GET" })).smsMethod, "GET");
}

async function services() {
  const api = client.messaging.v1;
  const service = await api.services.create({ friendlyName: "ours" });
  const one = api.services(service.sid);
  assert.equal((await one.update({ stickySender: false })).stickySender, false);
  assert.equal((await one.fetch()).useInboundWebhookOnNumber, false);
  assert.equal((await api.services.list({ pageSize: 1 })).length, 2);
  assert.equal((await api.usecases.fetch()).usecases[0].usecase, "notifications");
  const number = await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550156" });
  const [code] = await client.api.v2010.account.shortCodes.list();
  for (const [pool, said] of [
    [one.shortCodes, { shortCodeSid: code.sid }],
    [one.alphaSenders, { alphaSender: "Parcels" }],
    [one.channelSenders, { sid: `XE${unknown}` }],
    [one.destinationAlphaSenders, { alphaSender: "Parcels", isoCountryCode: "GB" }],
    [one.phoneNumbers, { phoneNumberSid: number.sid }],
  ]) {
    const member = await pool.create(said);
    assert.deepEqual(sids(await pool.list()), [member.sid]);
    assert.equal((await pool(member.sid).fetch()).sid, member.sid);
    if (pool !== one.phoneNumbers) assert.equal(await pool(member.sid).remove(), true);
  }
  await registered(service.sid);
  assert.equal(await one.phoneNumbers(number.sid).remove(), true);
  assert.equal(await one.remove(), true);
}

async function registered(service) {
  const api = client.messaging.v1;
  await act("POST", "/twilio/reviews", { resource: "brand", statuses: ["FAILED"], delay: 60 });
  const made = await api.brandRegistrations.create({
    customerProfileBundleSid: `BU${unknown}`, a2PProfileBundleSid: `BU${unknown}`,
  });
  const brand = api.brandRegistrations(made.sid);
  await until(async () => (await brand.fetch()).status === "FAILED", minute);
  assert.equal((await brand.update()).status, "PENDING");
  await until(async () => (await brand.fetch()).status === "APPROVED", minute);
  assert.ok(sids(await api.brandRegistrations.list()).includes(made.sid));
  const vetting = await brand.brandVettings.create({ vettingProvider: "aegis" });
  assert.equal((await brand.brandVettings.list()).length, 1);
  assert.equal((await brand.brandVettings(vetting.brandVettingSid).fetch()).vettingStatus, "PENDING");
  assert.equal((await brand.brandRegistrationOtps.create()).brandRegistrationSid, made.sid);
  await campaigned(service, made.sid);
}

async function campaigned(service, brand) {
  const held = client.messaging.v1.services(service);
  const facts = {
    description: WORDS, messageFlow: WORDS, messageSamples: [WORDS, WORDS], hasEmbeddedLinks: true,
    hasEmbeddedPhone: false, ageGated: false, directLending: false,
  };
  await act("POST", "/twilio/reviews", { resource: "campaign", statuses: ["FAILED"], delay: 60 });
  const said = { ...facts, brandRegistrationSid: brand, usAppToPersonUsecase: "CUSTOMER_CARE" };
  const made = await held.usAppToPerson.create(said);
  const campaign = held.usAppToPerson(made.sid);
  await until(async () => (await campaign.fetch()).campaignStatus === "FAILED", minute);
  assert.equal((await campaign.update(facts)).campaignStatus, "PENDING");
  await until(async () => (await campaign.fetch()).campaignStatus === "VERIFIED", minute);
  assert.equal((await held.usAppToPerson.list()).length, 1);
  assert.equal((await held.usAppToPersonUsecases.fetch()).usAppToPersonUsecases[0].code, "2FA");
  assert.equal(await campaign.remove(), true);
}

async function verifications() {
  const number = await client.incomingPhoneNumbers.create({ phoneNumber: "+18775550171" });
  const api = client.messaging.v1.tollfreeVerifications;
  await act("POST", "/twilio/reviews", { resource: "verification", statuses: ["TWILIO_REJECTED"], delay: 60 });
  const made = await api.create({
    businessName: "Parcels", businessWebsite: "https://parcels.test", notificationEmail: "ada@parcels.test",
    useCaseCategories: ["CUSTOMER_CARE"], useCaseSummary: "Answers", productionMessageSample: "Ada here.",
    optInImageUrls: ["https://parcels.test/opt-in.png"], optInType: "VIA_TEXT", messageVolume: "1,000",
    businessRegistrationNumber: "12-3456789", businessRegistrationAuthority: "EIN",
    businessRegistrationCountry: "US", tollfreePhoneNumberSid: number.sid,
  });
  await until(async () => (await api(made.sid).fetch()).status === "TWILIO_REJECTED", minute);
  assert.equal((await api(made.sid).update({ businessName: "P" })).status, "PENDING_REVIEW");
  await until(async () => (await api(made.sid).fetch()).status === "TWILIO_APPROVED", minute);
  assert.deepEqual(sids(await api.list({ tollfreePhoneNumberSid: number.sid })), [made.sid]);
  assert.equal(await api(made.sid).remove(), true);
}

async function events() {
  const { sinks, subscriptions } = client.events.v1;
  const sinkConfiguration = { destination: "http://127.0.0.1:9/e", method: "POST", batch_events: false };
  const sink = await sinks.create({ description: "ours", sinkConfiguration, sinkType: "webhook" });
  assert.equal((await sinks(sink.sid).fetch()).status, "active");
  assert.equal((await sinks.list()).length, 1);
  assert.equal((await sinks(sink.sid).update({ description: "x" })).description, "x");
  const types = [{ type: "com.twilio.messaging.compliance.campaign-registration.campaign-approved" }];
  const made = await subscriptions.create({ description: "ours", sinkSid: sink.sid, types });
  assert.equal((await subscriptions(made.sid).fetch()).sinkSid, sink.sid);
  assert.equal((await subscriptions.list()).length, 1);
  assert.equal((await subscriptions(made.sid).update({ description: "x" })).description, "x");
  assert.equal(await subscriptions(made.sid).remove(), true);
  assert.equal(await sinks(sink.sid).remove(), true);
}

async function settings() {
  const api = client.accounts.v1;
  const permissions = [{ country_code: "FR", type: "country", enabled: false }];
  assert.deepEqual((await api.messagingGeopermissions.update({ permissions })).permissions, permissions);
  const [here] = (await api.messagingGeopermissions.fetch({ countryCode: "US" })).permissions;
  assert.equal(here.enabled, true);
  const item = {
    correlation_id: "c", contact_id: LONDON, sender_id: SUPPORT, status: "opt-out", source: "website",
  };
  assert.equal((await api.bulkConsents.create({ items: [item] })).items[0].error_code, 0);
  await refused(21610, () => client.messages.create({ to: LONDON, from: SUPPORT, body: "x" }));
  await client.messaging.v1.deactivations().fetch({ date: new Date() }); // it makes nothing of the answer to a 307
}

async function contents() {
  const api = client.content.v1.contents;
  const said = { language: "en", friendly_name: "x", variables: { 1: "you" } };
  const shape = { ...said, types: { "twilio/text": { body: "Hello {{1}}" } } };
  const made = await api.create(shape);
  assert.equal((await api(made.sid).fetch()).language, "en");
  assert.equal((await api.list()).length, 1);
  assert.equal((await api(made.sid).update(shape)).sid, made.sid);
  assert.equal((await api(made.sid).approvalFetch().fetch()).whatsapp.status, "unsubmitted");
  const sent = { to: MARIA, from: SUPPORT, contentSid: made.sid, contentVariables: '{"1": "Ada"}' };
  assert.equal((await client.messages.create(sent)).body, "Hello Ada");
  assert.equal(await api(made.sid).remove(), true);
}

async function domains() {
  const api = client.messaging.v1;
  const [domain, service] = [`DN${unknown}`, `MG${unknown}`];
  for (const ask of [
    () => api.domainConfig(domain).fetch(),
    () => api.domainConfig(domain).update(),
    () => api.domainCerts(domain).fetch(),
    () => api.domainCerts(domain).update({ tlsCert: "x" }),
    () => api.domainCerts(domain).remove(),
    () => api.linkshorteningMessagingService(domain, service).create(),
    () => api.linkshorteningMessagingService(domain, service).remove(),
    () => api.linkshorteningMessagingServiceDomainAssociation(service).fetch(),
  ]) await refused(20404, ask);
}

async function tokens() {
  const api = client.accounts.v1;
  assert.equal((await api.secondaryAuthToken().create()).secondaryAuthToken.length, 32);
  assert.equal(await api.secondaryAuthToken().remove(), true);
  const { secondaryAuthToken } = await api.secondaryAuthToken().create();
  assert.equal((await api.authTokenPromotion().update()).authToken, secondaryAuthToken);
  await refused(20003, () => client.messages.list({ limit: 1 }));
}

async function main() {
  const chapters = [messages, numbers, services, verifications, events, settings, contents, domains, tokens];
  for (const chapter of chapters) await chapter();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
