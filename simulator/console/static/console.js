// The console: everything it shows comes from /_sim, everything it does goes there.
// The ledger streams in over /events; each piece of news refreshes the phone and the workspace.
// Text from anywhere reaches the page as textContent only.

const CAST = { "+14155550101": "Maria", "+12125550102": "Omar", "+13125550103": "Mallory" };
const FAULTS = [
  "refuse", "hang", "accept then hang", "accept then reset", "status 500", "status 429 after 2", "garble",
  "slow 3", "duplicate 2", "race", "reorder", "hold", "early callback", "drop webhooks",
];
const SHOWN = 400;
const at = (id) => document.getElementById(id);
const state = { chat: null, entries: [], systems: [], ahead: 0, news: null, drawing: Promise.resolve(), next: null };

// --- small tools ---

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const answer = await fetch(`/_sim${path}`, options);
  const content = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(`${content.error} ${content.fix ?? ""}`);
  return content;
}

function complain(error) {
  at("problem").textContent = error.message;
  at("problem").hidden = false;
}

// What a person does: the work, then fresh views; what went wrong is shown until the next try.
async function doing(work) {
  at("problem").hidden = true;
  try {
    await work();
    await refresh();
  } catch (error) {
    complain(error);
  }
}

// Brings a list up to date, touching only what changed, so that readers and scroll bars stay calm.
function keep(list, items, render) {
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  items.forEach((item, place) => {
    const look = JSON.stringify(item);
    const old = list.children[place];
    if (old?.look === look) return;
    const fresh = render(item);
    fresh.look = look;
    if (old) old.replaceWith(fresh);
    else list.append(fresh);
  });
  while (list.children.length > items.length) list.lastChild.remove();
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
}

const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const named = (phone) => CAST[phone] ?? phone;

function options(select, values, label = (value) => value) {
  const known = new Set([...select.options].map((option) => option.value));
  for (const value of values) {
    if (!known.has(value)) select.append(make("option", { value }, label(value)));
  }
}

// --- the phone ---

function bubble(message) {
  const mine = message.direction === "sent";
  const facts = [time(message.at), many(message.parts?.length || 1, "segment")];
  if (message.automatic) facts.push("automatic");
  const receipt = message.error_code ? `${message.status} (${message.error_code})` : message.status;
  const bad = ["failed", "undelivered"].includes(message.status);
  return make("li", { class: mine ? "bubble mine" : "bubble" },
    message.text ? make("p", {}, message.text) : null,
    ...(message.media ?? []).map(file),
    make("small", {}, `${facts.join(" · ")} · `, make("span", { class: bad ? "bad" : "receipt" }, receipt ?? "")));
}

function file(media) {
  const size = media.size ? ` · ${Math.ceil(media.size / 1024)} kB` : "";
  const lost = media.readable === false ? " · not readable" : "";
  return make("p", { class: "file" }, `📎 ${media.content_type ?? "file"}${size}${lost}`);
}

async function showPhone() {
  const phone = at("phone").value;
  const { messages } = await call("GET", `/phones/${encodeURIComponent(phone)}/messages`);
  const thread = messages.filter((message) => message.number === at("number").value);
  keep(at("screen"), thread, bubble);
  at("screen-empty").hidden = thread.length > 0;
}

async function readFile(input) {
  const [chosen] = input.files;
  if (!chosen) return [];
  const address = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(chosen);
  });
  return [{ name: chosen.name, content_type: chosen.type || "application/octet-stream", base64: address.split(",")[1] }];
}

async function text() {
  const [field, attachment] = [at("text"), at("media")];
  const media = await readFile(attachment);
  if (!field.value.trim() && media.length === 0) return;
  await call("POST", `/phones/${encodeURIComponent(at("phone").value)}/texts`, { to: at("number").value, text: field.value, media });
  field.value = "";
  attachment.value = "";
}

// --- the workspace ---

const customer = (chat) => named(chat.user?.name || chat.user?.phone) || "Customer";

function chatState(chat) {
  if (chat.ended) return "ended";
  return chat.ticket?.status ?? (chat.control === "zd-agentWorkspace" ? "live" : "with AI");
}

function chatRow(chat) {
  const last = chat.messages?.at(-1);
  const button = make("button", { type: "button", class: "chat-row", "aria-current": chat.id === state.chat ? "true" : null },
    make("strong", {}, customer(chat)),
    make("span", { class: "pill" }, chatState(chat)),
    make("small", {}, last?.text || "…"));
  button.addEventListener("click", () => { state.chat = chat.id; refresh(); });
  return make("li", {}, button);
}

function line(message) {
  const kind = message.note ? "note" : message.author === "user" ? "customer" : message.silent ? "silent" : "agent";
  return make("li", { class: `line ${kind}` },
    make("p", { class: "who" }, make("strong", {}, named(message.name) || (message.author === "user" ? "Customer" : "Business")),
      message.at ? ` ${time(message.at)}` : null,
      kind === "note" || kind === "silent" ? make("span", { class: "pill" }, "agents only") : null),
    message.activity ? make("p", { class: "empty" }, String(message.activity.type ?? message.activity)) : null,
    message.text ? make("p", {}, message.text) : null,
    ...(message.media ?? []).map(file));
}

function showChat(chat) {
  at("chat").hidden = !chat;
  if (!chat) return;
  const session = Object.entries(chat.metadata ?? {}).find(([name]) => name.endsWith("session_id"))?.[1];
  at("chat-name").textContent = customer(chat);
  at("chat-facts").textContent = [chat.user?.phone, session && `session ${session}`, chat.ticket && `ticket ${chat.ticket.id}`, chatState(chat)]
    .filter(Boolean).join(" · ");
  keep(at("tags"), chat.tags ?? [], (tag) => make("li", {}, tag));
  keep(at("metadata"), Object.entries(chat.metadata ?? {}), ([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value))));
  const notes = (chat.ticket?.notes ?? []).map((text) => ({ text, note: true, name: "Internal note" }));
  keep(at("transcript"), [...(chat.messages ?? []), ...notes], line);
}

async function showWorkspace() {
  const { conversations } = await call("GET", "/conversations");
  if (!conversations.some((chat) => chat.id === state.chat)) state.chat = conversations.at(-1)?.id ?? null;
  at("chats").replaceChildren(...conversations.map(chatRow));
  at("chats-empty").hidden = conversations.length > 0;
  showChat(conversations.find((chat) => chat.id === state.chat));
}

async function reply() {
  const [field, note] = [at("reply"), at("note")];
  if (!field.value.trim()) return;
  await call("POST", `/conversations/${state.chat}/replies`, { text: field.value, note: note.checked, agent: at("agent").value });
  field.value = "";
}

// --- faults ---

async function plant(words) {
  await call("POST", "/faults", {
    system: at("fault-system").value,
    operation: at("fault-operation").value.trim() || "*",
    fault: words,
    count: Number(at("fault-count").value) || 1,
  });
}

async function showFaults() {
  const { faults } = await call("GET", "/faults");
  keep(at("planted"), faults, (fault) => make("li", {},
    make("strong", {}, fault.fault), ` on ${fault.system} ${fault.operation === "*" ? "any operation" : fault.operation}, ${many(fault.count, "call")}`));
}

function showOperations() {
  const system = state.systems.find((each) => each.name === at("fault-system").value);
  const seen = state.entries.filter((entry) => entry.kind === "webhook" && entry.system === system?.name).map((entry) => entry.operation);
  const names = [...new Set([...(system?.operations ?? []), ...seen])].sort();
  at("operations").replaceChildren(...names.map((value) => make("option", { value })));
}

// --- the ledger ---

const WHAT = {
  request: (entry) => `${entry.operation}  ${entry.method} ${entry.path}`,
  webhook: (entry) => `${entry.operation} → ${entry.url.replace(/^https?:\/\/[^/]+/, "")}${entry.attempt > 1 ? ` (attempt ${entry.attempt})` : ""}`,
  sms: (entry) => `${named(entry.phone)} ${entry.direction === "sent" ? "→" : "←"} ${entry.number}: ${entry.text}`,
  act: (entry) => `${entry.who} ${entry.did}`,
};

function outcome(entry) {
  if (entry.fault) return `${entry.status ?? entry.ended} ⚡ ${entry.fault}`;
  if (entry.kind === "webhook") return entry.status ?? "no answer";
  return entry.status ?? entry.ended ?? "";
}

const failed = (entry) => entry.fault || Number(entry.status) >= 400 || (entry.kind === "webhook" && !entry.status);

function entryRow(entry) {
  const details = make("details", {}, make("summary", {}, WHAT[entry.kind]?.(entry) ?? entry.kind));
  details.addEventListener("toggle", () => {
    if (details.children.length === 1) details.append(make("pre", {}, JSON.stringify(entry, null, 2)));
  });
  const row = make("tr", { class: failed(entry) ? "bad" : null },
    make("td", {}, String(entry.n)), make("td", {}, time(entry.at)),
    make("td", {}, make("span", { class: `kind ${entry.kind}` }, entry.kind)),
    make("td", {}, entry.system), make("td", {}, details), make("td", {}, String(outcome(entry))));
  row.hidden = !wanted(entry);
  row.entry = entry;
  return row;
}

function wanted(entry) {
  const [kind, words] = [at("kind").value, at("filter").value.trim().toLowerCase()];
  if (kind && entry.kind !== kind) return false;
  return !words || JSON.stringify(entry).toLowerCase().includes(words);
}

function filterRows() {
  for (const row of at("entries").children) row.hidden = !wanted(row.entry);
}

function enter(entry) {
  state.entries.push(entry);
  if (state.entries.length > SHOWN) state.entries.shift();
  const rows = at("entries");
  rows.prepend(entryRow(entry));
  while (rows.children.length > SHOWN) rows.lastChild.remove();
  if (entry.kind === "sms") options(at("phone"), [entry.phone], named);
}

// --- life ---

// One drawing at a time, or an older answer could cover a newer one; all who ask meanwhile share the next.
function refresh() {
  state.next ??= state.drawing.then(draw);
  return state.next;
}

async function draw() {
  [state.drawing, state.next] = [state.next, null];
  clearTimeout(state.news);
  state.news = null;
  const views = [showPhone(), showWorkspace(), showFaults()];
  for (const view of await Promise.allSettled(views)) if (view.reason) complain(view.reason);
}

function refreshSoon() {
  state.news ??= setTimeout(refresh, 80);
}

function forget() {
  state.entries = [];
  state.chat = null;
  at("entries").replaceChildren();
  refreshSoon();
}

async function listen() {
  const { next } = await call("GET", "/ledger?after=999999999");
  const events = new EventSource(`/events?after=${Math.max(0, next - SHOWN)}`);
  const say = (words) => { at("link").textContent = words; at("link").dataset.state = words; };
  events.onopen = () => say("live");
  events.onerror = () => say("reconnecting");
  events.onmessage = (event) => { enter(JSON.parse(event.data)); refreshSoon(); };
  events.addEventListener("reset", forget);
}

async function showClock() {
  const { now } = await call("GET", "/clock");
  state.ahead = now - Date.now() / 1000;
}

function tick() {
  at("clock").textContent = new Date(Date.now() + state.ahead * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "medium", hour12: false });
}

function submits(form, field, work) {
  at(form).addEventListener("submit", (event) => { event.preventDefault(); doing(work); });
  at(field).addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); at(form).requestSubmit(); }
  });
}

function wire() {
  submits("texting", "text", text);
  submits("replying", "reply", reply);
  submits("fault-own", "fault-text", () => plant(at("fault-text").value.trim()));
  for (const words of FAULTS) {
    const chip = make("button", { type: "button" }, words);
    chip.addEventListener("click", () => doing(() => plant(words)));
    at("fault-words").append(chip);
  }
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => doing(() => call("POST", `/conversations/${state.chat}/${button.dataset.do}`, { agent: at("agent").value })));
  }
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => doing(async () => {
      await call("POST", "/clock", { advance: Number(button.dataset.advance) });
      await showClock();
    }));
  }
  at("reset").addEventListener("click", () => doing(async () => { await call("POST", "/reset"); await showClock(); }));
  at("clear-faults").addEventListener("click", () => doing(() => call("DELETE", "/faults")));
  at("release").addEventListener("click", () => doing(() => call("POST", "/faults/release")));
  at("note").addEventListener("change", () => at("replying").classList.toggle("noting", at("note").checked));
  at("fault-operation").addEventListener("focus", showOperations);
  for (const id of ["phone", "number"]) at(id).addEventListener("change", () => doing(() => {}));
  for (const id of ["kind", "filter"]) at(id).addEventListener("input", filterRows);
}

async function begin() {
  wire();
  options(at("phone"), Object.keys(CAST), (phone) => `${CAST[phone]} ${phone}`);
  const [{ numbers }, { systems }] = await Promise.all([call("GET", "/numbers"), call("GET", "/systems")]);
  options(at("number"), numbers.map((number) => number.number));
  state.systems = systems;
  options(at("fault-system"), systems.map((system) => system.name));
  await Promise.all([showClock(), refresh(), listen()]);
  tick();
  setInterval(tick, 1000);
}

begin().catch(complain);
