// The workspace's keys and quiet saving. Without this script every form on the page works by itself.
"use strict";

(() => {
  const desk = document.querySelector(".desk");
  const say = document.getElementById("say");
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const cards = () => all(".card");

  document.body.classList.add("scripted");

  function tell(words, mistake = false) {
    say.classList.toggle("mistake", mistake);
    say.textContent = "";
    requestAnimationFrame(() => { say.textContent = words; });
  }

  // --- where the reviewer is ---

  function current() {
    return document.activeElement?.closest?.(".card") ?? find(".card.here");
  }

  function go(card) {
    if (!card) return;
    cards().forEach((one) => one.classList.toggle("here", one === card));
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
    marks(card.dataset.id).forEach((mark, k) => { if (!k) mark.scrollIntoView({ block: "nearest" }); });
    all(".hl.here").forEach((mark) => mark.classList.remove("here"));
    marks(card.dataset.id).forEach((mark) => mark.classList.add("here"));
  }

  function marks(id) {
    return all(".hl").filter((mark) => mark.dataset.for.split(" ").includes(id));
  }

  function step(by) {
    const list = cards();
    const at = list.indexOf(current());
    const next = at < 0 ? (by > 0 ? list[0] : list.at(-1)) : list[at + by];
    if (next) { go(next); return; }
    const href = by > 0 ? desk.dataset.after : desk.dataset.before;
    if (href) { follow(`${href}#${by > 0 ? "first" : "last"}`); return; }
    tell(by > 0 ? "That was the last one." : "That is the first one.");
  }

  function arrive() {
    const hash = location.hash.slice(1);
    const list = cards();
    const card = hash === "first" ? list[0] : hash === "last" ? list.at(-1) : hash.startsWith("p-") ? document.getElementById(hash) : null;
    if (card) go(card);
  }

  // --- saving without a new page ---

  // The reviewer goes on at once; requests go out one by one, in the order of the answers given.
  const waiting = [];
  let sending = false;
  let mistaken = false; // a mistake that was told since the queue was last empty, which no later success may hide
  let going = null; // the page to open once everything is saved; with `from`, only if the reviewer is still on that card
  let left = false;

  function send(form, submitter, move) {
    const card = form.closest(".card");
    const id = card?.dataset.id;
    if (left || (id && going?.from === id)) { tell("The next page is opening; this was not taken any more."); return; }
    const one = { id, address: form.getAttribute("action"), fields: new URLSearchParams(new FormData(form, submitter)), next: null };
    waiting.push(one);
    if (card) {
      all("details[open]:not(.about)", card).forEach((details) => { details.open = false; });
      const list = cards();
      const next = move && list[list.indexOf(card) + 1];
      go(next || card);
      one.next = next ? next.dataset.id : id;
      if (move && !next && desk.dataset.after) going = { href: `${desk.dataset.after}#first`, from: id };
    }
    deliver();
  }

  async function deliver() {
    if (sending) return;
    sending = true;
    while (waiting.length) await save(waiting.shift());
    sending = mistaken = false;
    const { href, from } = going ?? {};
    going = null;
    if (href && (!from || idle(cardOf(from)))) follow(href);
  }

  async function save(one) {
    const card = one.id && cardOf(one.id);
    const seen = card && find("[name=seen]", card);
    if (seen) one.fields.set("seen", seen.value); // newer where an answer of ours to the same card went out before
    try {
      const answer = await fetch(one.address, { method: "POST", body: one.fields, headers: { Accept: "application/json" }, keepalive: true });
      const told = await answer.json();
      if (answer.ok && !mistaken) tell(told.say);
      if (told.card && card) replace(card, told.card);
      if (told.tally) find("#tally").textContent = told.tally;
      if (!answer.ok) failed(one, told.say);
      else if (told.href) going = { href: told.href };
    } catch {
      const more = waiting.splice(0).length;
      failed(one, `Not saved${more ? `, nor the ${more} after it` : ""}: the workspace does not answer. Is it still running?`);
    }
  }

  function failed(one, words) {
    mistaken = true;
    going = null;
    for (let k = waiting.length - 1; k >= 0; k--) if (one.id && waiting[k].id === one.id) waiting.splice(k, 1);
    const card = one.id && cardOf(one.id);
    // Back to the card only where the reviewer has done nothing since.
    const still = !waiting.length && idle(cardOf(one.next));
    if (card && still) go(card);
    tell(!card || still ? words : `${find(".word", card).textContent}: ${words}`, true);
  }

  function follow(href) {
    if (sending || waiting.length) { going = { href }; return; }
    left = true;
    const stays = href.split("#")[0] === location.pathname + location.search;
    location.href = href;
    if (stays) location.reload();
  }

  addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });
  addEventListener("pageshow", () => { left = false; });

  // Whether the reviewer is on a card, and not in a search field or the text.
  function at(card) {
    const active = document.activeElement;
    return card.contains(active) || (active === document.body && card.classList.contains("here"));
  }

  function idle(card) {
    return Boolean(card) && at(card) && !find("details[open]:not(.about)", card);
  }

  function cardOf(id) {
    return cards().find((card) => card.dataset.id === id);
  }

  function replace(card, html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".card");
    const field = card.contains(document.activeElement) && document.activeElement.closest("details[open], input, textarea, select");
    if (field) { // the reviewer is writing in it again
      all("[name=seen]", card).forEach((seen) => { seen.value = find("[name=seen]", fresh)?.value ?? seen.value; });
      find(".mine", card)?.replaceWith(find(".mine", fresh));
      card.dataset.state = fresh.dataset.state;
    } else {
      const here = at(card);
      fresh.classList.toggle("here", card.classList.contains("here"));
      card.replaceWith(fresh);
      offer(fresh);
      if (here) go(fresh);
    }
    marks(fresh.dataset.id).forEach((mark) => {
      mark.classList.remove("undecided", "accepted", "rejected", "changed");
      mark.classList.add(fresh.dataset.state);
    });
    count();
  }

  // The number beside the screen in the list of screens.
  function count() {
    const place = find(".steps [aria-current] .n");
    if (place) place.firstChild.textContent = String(cards().filter((card) => card.dataset.state === "undecided").length);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".card") && !form.classList.contains("undo")) return;
    event.preventDefault();
    const action = new FormData(form).get("action");
    send(form, event.submitter, action !== "note" && action !== "clear");
  });

  // --- from the text to the card and back ---

  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".hl");
    const link = event.target.closest?.(".to-mark");
    if (mark) {
      if (!String(getSelection())) go(document.getElementById(`p-${mark.dataset.for.split(" ").at(-1)}`));
      event.preventDefault();
    } else if (link) {
      event.preventDefault();
      point(link.closest(".card"));
    }
  });

  function point(card) {
    const mark = card && marks(card.dataset.id)[0];
    if (!mark) { tell("These words have no place on this page."); return; }
    go(card);
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  }

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.(".card");
    if (card && !card.classList.contains("here")) {
      cards().forEach((one) => one.classList.toggle("here", one === card));
      all(".hl.here").forEach((mark) => mark.classList.remove("here"));
      marks(card.dataset.id).forEach((mark) => mark.classList.add("here"));
    }
  });

  // --- adding what was selected ---

  const adding = document.getElementById("adding");

  // Offsets count code points, as the server does; the browser counts UTF-16 units.
  function offset(node, units) {
    const holder = node.parentElement?.closest("[data-at]");
    if (!holder) return null;
    const before = document.createRange();
    before.setStart(holder, 0);
    before.setEnd(node, units);
    return Number(holder.dataset.at) + [...before.toString()].length;
  }

  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    if (!adding || !chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    if (!find(".source").contains(range.commonAncestorContainer)) return;
    const form = find("form", adding);
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    form.elements.start.value = start;
    form.elements.end.value = end;
    form.elements.words.value = chosen.toString();
  });

  if (adding) {
    const form = find("form", adding);
    form.elements.words.addEventListener("input", () => { form.elements.start.value = ""; form.elements.end.value = ""; });
    all("[name=kind]", form).forEach((radio) => radio.addEventListener("change", () => {
      form.elements.label.dataset.labels = radio.value;
      form.elements.label.setAttribute("list", `labels-${radio.value}`);
    }));
  }

  // --- names of entries and codes, fetched when they are first needed ---

  let labels = null;

  async function lists() {
    labels ??= fetch("/labels").then((answer) => answer.json()).then((known) => {
      for (const [kind, names] of Object.entries(known)) {
        const list = document.createElement("datalist");
        list.id = `labels-${kind}`;
        list.append(...names.map(({ label, name }) => new Option(name, label)));
        document.body.append(list);
      }
    }).catch(() => { labels = null; });
    return labels;
  }

  function offer(from) {
    all("[data-labels]", from).forEach((field) => {
      field.setAttribute("list", `labels-${field.dataset.labels}`);
      field.addEventListener("focus", lists, { once: true });
    });
  }

  // --- keys ---

  const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  all(".keys-on").forEach((box) => {
    box.checked = keysOn();
    box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* private window */ } });
  });

  function open(card, which) {
    const details = card && find(`details.${which}`, card);
    if (!details) return;
    all("details[open]", card).forEach((other) => { if (other !== details) other.open = false; });
    details.open = true;
    const field = find("input:not([type=hidden]), select, textarea", details);
    field.focus();
    field.select?.();
  }

  function press(card, selector) {
    const button = card && find(selector, card);
    if (button) button.form.requestSubmit(button);
    else tell("This cannot be decided here.");
  }

  function digit(card, number) {
    if (!card) return;
    const take = all(".take button", card)[number - 1];
    if (find(".sides", card)) { if (take) take.form.requestSubmit(take); return; }
    if (number === 9) open(card, "reject");
    else press(card, `.reasons li:nth-child(${number}) button`);
  }

  function leave(field) {
    const card = field.closest(".card");
    const details = field.closest("details");
    if (details && card) { details.open = false; go(card); } else field.blur();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const field = event.target.closest("input, textarea, select");
    if (field && field.type !== "checkbox") {
      if (event.key === "Escape") leave(field);
      // In the menu of reasons the numbers still choose, until something is typed.
      else if (field.name === "own_reason" && !field.value && /^[1-8]$/.test(event.key) && field.closest("details.reject")) {
        event.preventDefault();
        digit(field.closest(".card"), Number(event.key));
      }
      return;
    }
    if (!keysOn() || find("dialog[open]")) return;
    const card = current();
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      a: () => press(card, ".accept"),
      r: () => open(card, "reject"),
      c: () => open(card, "change"),
      n: () => open(card, "noting"),
      m: () => { if (event.target.closest(".hl")) go(document.getElementById(`p-${event.target.closest(".hl").dataset.for.split(" ").at(-1)}`)); else point(card); },
      u: () => find(".undo")?.requestSubmit(),
      s: () => { if (adding) { adding.open = true; (find("[name=words]", adding).value ? find("[name=label]", adding) : find("[name=words]", adding)).focus(); } },
      "[": () => { const href = all(".steps a").at(all(".steps a").findIndex((a) => a.hasAttribute("aria-current")) - 1)?.href; if (href) follow(href); },
      "]": () => { const href = all(".steps a")[all(".steps a").findIndex((a) => a.hasAttribute("aria-current")) + 1]?.href; if (href) follow(href); },
      "/": () => find(".search")?.focus(),
      "?": () => document.getElementById("keys")?.showModal(),
      Escape: () => { const open_ = card && find("details[open]", card); if (open_) { open_.open = false; go(card); } },
    };
    const act = /^[1-9]$/.test(event.key) && card ? () => digit(card, Number(event.key)) : acts[event.key];
    if (!act || (!desk && !"/?".includes(event.key) && !"jk".includes(event.key))) return;
    if (!desk && "jk".includes(event.key)) { along(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
    event.preventDefault();
    act();
  });

  // On the list of papers j and k go from title to title.
  function along(by) {
    const links = all(".to-paper");
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  }

  offer(document);
  if (desk) arrive();
  addEventListener("hashchange", arrive);
})();
