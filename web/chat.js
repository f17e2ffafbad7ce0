/**
 * The chat page: shows the conversation, sends what the person says, and keeps both over a reload.
 *
 * The conversation is a list of entries, each shown as one turn in the log:
 *   {from: "person", text, message, state: "sending" | "sent" | "failed", error?}
 *   {from: "bot", messages}   one reply, as the server sent it
 *   {from: "notice", text}    a line from the page itself
 *
 * Text from the server or the person only ever goes in through textContent.
 */

const LIMIT = 2000;
const COUNT_FROM = 1800;
const PATIENCE = 60_000;
const STORE = "samskapingsguiden";

const find = (id) => document.getElementById(id);
const log = find("log");
const field = find("message");
const sendButton = find("send");

let texts = {};
let state = emptyState();
let busy = false;
// Aborted when the conversation is thrown away, so that an answer on its way doesn't land in the next one.
let conversation = new AbortController();
const turns = new Map();

function emptyState() {
  return { session: null, entries: [] };
}

/** The text called `name`, with its {holes} filled. */
function text(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (hole, key) => String(values[key] ?? hole));
}

/** Makes an element with properties and children; strings become text, never markup. */
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// --- Keeping -------------------------------------------------------------------------------------

function save() {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(state));
  } catch {
    // No storage (blocked or full): the conversation still works, it just isn't kept over a reload.
  }
}

/** The conversation that was kept, or an empty one. */
function keptState() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE));
    if (!kept || !Array.isArray(kept.entries)) return emptyState();
    // Nobody waits any more for a reply that was on its way when the page was reloaded.
    for (const entry of kept.entries) {
      if (entry.state === "sending") Object.assign(entry, { state: "failed", error: text("sendFailed") });
    }
    return kept;
  } catch {
    return emptyState();
  }
}

// --- The server ----------------------------------------------------------------------------------

/** An answer that is not a reply; `message` is the server's sentence, empty when it gave none. */
class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/**
 * Posts to the API beside this script.
 * @param {string} path "session" or "message".
 * @param {object} [body] sent as JSON, with the session's token.
 * @returns {Promise<{session?: string, messages: object[]}>}
 * @throws {Refusal} when the server answers with anything else than messages.
 */
async function post(path, body) {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, PATIENCE);
  conversation.signal.addEventListener("abort", abort, { once: true });
  try {
    const response = await fetch(new URL(path, import.meta.url), {
      method: "POST",
      headers: body ? { "Content-Type": "application/json", "X-Samskap-Session": state.session } : {},
      body: body && JSON.stringify(body),
      signal: stop.signal,
    });
    const reply = await response.json().catch(() => null);
    stop.signal.throwIfAborted();
    if (response.ok && Array.isArray(reply?.messages)) return reply;
    throw new Refusal(response.status, typeof reply?.error === "string" ? reply.error : "");
  } finally {
    clearTimeout(timer);
  }
}

// --- Drawing -------------------------------------------------------------------------------------

/** Splits a text into its parts: a string is a paragraph, an array of strings a list. */
function textParts(whole) {
  const parts = [];
  for (const block of whole.trim().split(/\n\s*\n/)) {
    // Lines of the same sort belong together, but a paragraph never runs over a blank line.
    let last = null;
    for (const line of block.split("\n")) {
      const item = /^\s*- (.*)$/.exec(line)?.[1];
      if (last && last.isList === (item !== undefined)) {
        last.lines.push(item ?? line);
      } else {
        last = { isList: item !== undefined, lines: [item ?? line] };
        parts.push(last);
      }
    }
  }
  return parts.map(({ isList, lines }) => (isList ? lines : lines.join("\n")));
}

function list(lines) {
  return element("ul", {}, ...lines.map((line) => element("li", {}, line)));
}

function speaker(name) {
  return element("span", { className: "visually-hidden" }, `${text(name)} `);
}

function sourcesBox(sources) {
  const summary = element("summary", {}, text("sources", { count: sources.length }));
  return element("details", { className: "sources" }, summary, list(sources));
}

function botMessage({ text: words, custom }) {
  const { kind, title, sources } = custom ?? {};
  const bubble = element("div", { className: "message bot" }, speaker("guide"));
  if (kind) bubble.dataset.kind = kind;
  if (title) bubble.append(element("h2", {}, title));
  for (const part of words ? textParts(words) : []) {
    bubble.append(Array.isArray(part) ? list(part) : element("p", {}, part));
  }
  if (sources?.length) bubble.append(sourcesBox(sources));
  return bubble;
}

function quickReply({ title, payload }) {
  return element("button", { type: "button", className: "quick-reply", onclick: () => say(title, payload) }, title);
}

/** The buttons of all messages in a reply, each once. */
function buttonsOf(messages) {
  const all = messages.flatMap((message) => message.buttons ?? []);
  return [...new Map(all.map((button) => [`${button.title}\n${button.payload}`, button])).values()];
}

function quickReplies(buttons) {
  const row = element("div", { className: "quick-replies" }, ...buttons.map(quickReply));
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", text("quickReplies"));
  return row;
}

function errorLine(sentence, buttonText, again) {
  const button = element("button", { type: "button", className: "retry", onclick: again }, buttonText);
  return element("div", { className: "error" }, element("p", {}, sentence), button);
}

function drawBot({ messages }) {
  const buttons = buttonsOf(messages);
  const bubbles = messages.filter(({ text: words, custom }) => words || custom?.title || custom?.sources?.length);
  return [...bubbles.map(botMessage), ...(buttons.length ? [quickReplies(buttons)] : [])];
}

function drawPerson(entry) {
  const bubble = element("div", { className: "message person" }, speaker("person"), entry.text);
  return entry.state === "failed" ? [bubble, sendError(entry)] : [bubble];
}

function sendError(entry) {
  return errorLine(entry.error, text("retry"), () => retry(entry));
}

function drawNotice(entry) {
  return [element("p", { className: "notice" }, entry.text)];
}

const drawings = { bot: drawBot, person: drawPerson, notice: drawNotice };

/** Shows an entry at the end of the log; older quick replies are over with it. */
function show(entry) {
  for (const button of log.querySelectorAll(".quick-reply")) button.disabled = true;
  const turn = element("div", { className: `turn from-${entry.from}` }, ...drawings[entry.from](entry));
  turns.set(entry, turn);
  log.append(turn);
  for (const message of entry.messages ?? []) {
    if (message.custom?.progress) showProgress(message.custom.progress);
  }
}

function add(entry) {
  show(entry);
  state.entries.push(entry);
  save();
}

function take(entry) {
  state.entries = state.entries.filter((other) => other !== entry);
  turns.get(entry)?.remove();
  turns.delete(entry);
}

function clear() {
  state.entries = [];
  turns.clear();
  log.replaceChildren();
  find("progress").hidden = true;
}

function showProgress({ phase, done, skipped, total }) {
  find("progress").hidden = !total;
  if (!total) return;
  find("progress-phase").textContent = phase;
  Object.assign(find("progress-bar"), { max: total, value: done });
  find("progress-steps").textContent = text(skipped ? "stepsSkipped" : "steps", { done, skipped, total });
}

function showWaiting(waiting) {
  busy = waiting;
  sendButton.setAttribute("aria-disabled", String(waiting));
  const sign = element("p", { className: "typing" }, element("span", { ariaHidden: "true" }, "…"));
  sign.append(element("span", { className: "visually-hidden" }, text("typing")));
  find("waiting").replaceChildren(...(waiting ? [sign] : []));
}

/** Tells the style sheet how much of the window the sticky parts cover. */
function measureStickyParts() {
  for (const [part, name] of [["header", "--header-height"], ["#composer", "--composer-height"]]) {
    const { offsetHeight } = document.querySelector(part);
    document.documentElement.style.setProperty(name, `${offsetHeight}px`);
  }
}

/** Scrolls to where reading goes on: the newest words of the person, with the reply below them. */
function scrollToNewest(behavior = "auto") {
  const last = log.lastElementChild;
  const said = [...log.querySelectorAll(".from-person")].at(-1);
  if (!said) return;
  measureStickyParts();
  // Below a very long message the reply would be out of sight.
  const long = said.offsetHeight > innerHeight / 3;
  (long ? last : said).scrollIntoView({ block: "start", behavior });
}

// --- The conversation ----------------------------------------------------------------------------

/** Fetches a new session, and only when it is there calls `before`, and shows the first messages. */
async function begin(before = () => {}) {
  const { session, messages } = await post("session");
  state.session = session;
  before();
  add({ from: "bot", messages });
}

/** Gets the reply to a person's entry, in a new session when there is none or it is gone. */
async function replyTo(entry) {
  if (state.session) {
    try {
      return await post("message", { message: entry.message });
    } catch (error) {
      if (error.status !== 401) throw error;
    }
  }
  const gone = Boolean(state.session);
  state.session = null;
  await begin(() => {
    take(entry);
    removeStartError();
    if (gone) add({ from: "notice", text: text("sessionGone") });
  });
  // A button's payload is only good in the session that it was made for; its title says the same.
  entry.message = entry.text;
  add(entry);
  return post("message", { message: entry.message });
}

/** Runs `work` with the typing sign on; `onError` is not called when the conversation was thrown away meanwhile. */
async function whileWaiting(work, onError) {
  const mine = conversation;
  showWaiting(true);
  scrollToNewest();
  try {
    await work(mine);
  } catch (error) {
    if (!mine.signal.aborted) onError(error);
  } finally {
    if (!mine.signal.aborted) {
      showWaiting(false);
      if (find("note").textContent === text("busy")) note("");
      save();
      scrollToNewest();
    }
  }
}

/** Shows what the person says, sends it, and shows the reply or why there is none. */
function deliver(entry) {
  Object.assign(entry, { state: "sending", error: undefined });
  add(entry);
  return whileWaiting(
    async (mine) => {
      const { messages } = await replyTo(entry);
      if (mine.signal.aborted) return;
      entry.state = "sent";
      // When the server has erased everything about the person, this page keeps nothing older either.
      if (messages.some(({ custom }) => custom?.kind === "erased")) clear();
      add({ from: "bot", messages });
    },
    (error) => {
      const sentence = error instanceof Refusal ? error.message : "";
      Object.assign(entry, { state: "failed", error: sentence || text("sendFailed") });
      turns.get(entry).append(sendError(entry));
    },
  );
}

/**
 * Says something for the person.
 * @param {string} words what is shown.
 * @param {string} [message] what is sent, when that is a button's payload.
 */
function say(words, message = words) {
  field.focus({ preventScroll: true });
  if (busy) return note(text("busy"));
  note("");
  return deliver({ from: "person", text: words, message });
}

/** Sends a failed message again; it moves to the end if others were sent after it. */
function retry(entry) {
  field.focus({ preventScroll: true });
  if (busy) return note(text("busy"));
  take(entry);
  return deliver(entry);
}

function removeStartError() {
  log.querySelector(".start-error")?.remove();
}

function startConversation() {
  removeStartError();
  return whileWaiting(
    () => begin(),
    () => {
      const line = errorLine(text("startFailed"), text("startAgain"), () => {
        field.focus({ preventScroll: true });
        if (!busy) startConversation();
      });
      line.classList.add("start-error");
      log.append(line);
    },
  );
}

/** Throws away session and transcript on this page and starts again. */
function newConversation() {
  conversation.abort();
  conversation = new AbortController();
  clear();
  state = emptyState();
  save();
  field.value = "";
  onInput();
  field.focus();
  return startConversation();
}

/** Shows the kept conversation, if any, without having all of it read aloud. */
function restore() {
  state = keptState();
  if (!state.entries.length) return;
  log.setAttribute("aria-live", "off");
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  try {
    state.entries.forEach(show);
    scrollToNewest("instant");
  } catch {
    // Kept by another version of this page, or damaged: better a new conversation than none at all.
    clear();
    state = emptyState();
  }
  save();
}

// --- Writing -------------------------------------------------------------------------------------

/** Length as the server counts it: characters without the blanks around, an emoji as one. */
function lengthOf(words) {
  return [...words.trim()].length;
}

function note(sentence) {
  find("note").textContent = sentence;
}

const number = (value) => value.toLocaleString("nb-NO");
let countTimer;

function showCount(length) {
  const near = length >= COUNT_FROM;
  const words = near ? text("count", { count: number(length), limit: number(LIMIT) }) : "";
  find("count").hidden = !near;
  find("count").textContent = words;
  find("count").classList.toggle("over", length > LIMIT);
  // Read aloud only when the person pauses, not at each key.
  clearTimeout(countTimer);
  countTimer = setTimeout(() => { find("count-aloud").textContent = words; }, 1000);
}

function onInput() {
  const length = lengthOf(field.value);
  const tooLong = length > LIMIT;
  showCount(length);
  field.setAttribute("aria-invalid", String(tooLong));
  // Nothing is cut off: a pasted text would lose its end without anyone noticing.
  note(tooLong ? text("tooLong", { limit: number(LIMIT) }) : "");
}

function onSubmit(event) {
  event.preventDefault();
  field.focus({ preventScroll: true });
  const words = field.value.trim();
  if (!words) return note(text("empty"));
  if (lengthOf(words) > LIMIT) return note(text("tooLong", { limit: number(LIMIT) }));
  if (busy) return note(text("busy"));
  field.value = "";
  onInput();
  say(words);
}

function onKey(event) {
  // While a word is being composed (input methods, dead keys), Enter belongs to the composing.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find("composer").requestSubmit();
}

// --- Start ---------------------------------------------------------------------------------------

function putTexts() {
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = text(place.dataset.text);
  for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", text(place.dataset.label));
  for (const part of document.querySelectorAll("body > [hidden]")) part.hidden = false;
}

async function fetchTexts() {
  const response = await fetch(new URL("texts.json", import.meta.url));
  if (!response.ok) throw new Error(`texts.json: ${response.status}`);
  return response.json();
}

/** Sets the page up and takes the conversation up again, or begins one. */
async function main() {
  try {
    texts = await fetchTexts();
  } catch {
    const sentence = document.querySelector("noscript").textContent;
    document.body.append(element("p", { className: "failure" }, sentence));
    return;
  }
  putTexts();
  find("composer").addEventListener("submit", onSubmit);
  field.addEventListener("keydown", onKey);
  field.addEventListener("input", onInput);
  find("new-conversation").addEventListener("click", newConversation);
  const sizes = new ResizeObserver(measureStickyParts);
  sizes.observe(document.querySelector("header"));
  sizes.observe(find("composer"));
  restore();
  if (!state.session) await startConversation();
}

main();
