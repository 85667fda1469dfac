/* Predict on the page: a field where a lesson asks, and the distance where it tells.
 *
 * The page says what was measured without this script. With it, the outputs between a question and
 * its answer wait until the reader has said a number, or has chosen not to. Numbers stay in this
 * browser, under one key for each lesson; nothing is sent.
 */
"use strict";

(function () {
  const BINARY = { b: 1, byte: 1, bytes: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30,
                   kb: 1e3, mb: 1e6, gb: 1e9 };
  const COUNT = { k: 1e3, m: 1e6, g: 1e9 };
  const TIME = { s: 1, ms: 1e-3, us: 1e-6 };
  const KEY = "predictions:" + location.pathname.split("/").pop().replace(/\.html$/, "");

  // What the reader said.

  /** Return the number that a text means in a unit, or null: 4096, 4 KiB, 64 * MiB, 1e6, 12 %. */
  function parse(text, unit) {
    const factors = text.trim().split(/\s*[*×]\s*/).map((part) => factor(part, unit));
    const known = factors.every((value) => value !== null && Number.isFinite(value));
    if (!known) return null;
    const written = text.toLowerCase().match(/[a-z]+(?=\W*$)/);
    const own = BINARY[unit.toLowerCase()];
    const scaled = own > 1 && written && written[0] in BINARY;
    return factors.reduce((a, b) => a * b, 1) / (scaled ? own : 1);
  }

  function factor(part, unit) {
    const plain = part.replace(/[,_\u202f ](?=\d{3}(\D|$))/g, "");
    const found = plain.match(/^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)?\s*([a-z/]+|%)?$/i);
    if (!found || !plain) return null;
    const word = (found[2] || "").toLowerCase();
    const number = found[1] === undefined ? 1 : Number(found[1]);
    if (found[1] === undefined && !(word in BINARY && word !== "b")) return null;
    const names = [unit, unit.replace(/s$/, ""), unit.replace(/es$/, "")].map((n) => n.toLowerCase());
    if (unit.toLowerCase() in BINARY && word in BINARY) return number * BINARY[word];
    if (unit === "s" && word in TIME) return number * TIME[word];
    if (word in COUNT && unit !== "s") return number * COUNT[word];
    return word === "" || names.includes(word) ? number : null;
  }

  function verdict(said, measured) {
    if (measured === null) return "Not measurable on the machine that made this page.";
    if (said === measured) return "Exactly right.";
    if (!said || !measured || said * measured < 0) return "Not right.";
    const factor = Math.max(said / measured, measured / said);
    const side = said > measured ? "too high" : "too low";
    if (factor <= 1.1) return `Within 10 %, ${side}.`;
    return `${Number(factor.toPrecision(3)).toLocaleString("en")} times ${side}.`;
  }

  function said(one) {
    const bare = /^[-+.,_\deE\s]+[kMG]?$/.test(one.typed);
    const many = one.unit.length > 1 && one.said !== 1;
    const word = many ? one.unit : one.unit.replace(/(ss)es$|(.)s$/, "$1$2");
    return bare ? `${one.typed} ${word}`.trim() : one.typed;
  }

  // What the browser keeps. Where it may not keep anything, the page works all the same.

  function load() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  }

  function save(all) {
    const kept = {};
    for (const one of all) {
      if (one.shown) kept[one.question] = one.typed;
    }
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      /* A private window. */
    }
  }

  // Small pieces of a page.

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function button(words, act, attributes = {}) {
    const made = make("button", { type: "button", ...attributes }, words);
    made.addEventListener("click", act);
    return made;
  }

  function draw(tag, attributes, words = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = words;
    return element;
  }

  /** Draw both numbers on a log scale. Zero has no place on it: it stands before the axis. */
  function scale(one) {
    const base = one.unit === "bytes" ? 16 : 10;
    const log = (value) => Math.log(value) / Math.log(base);
    const positive = [one.said, one.measured].filter((value) => value > 0).map(log);
    const low = Math.floor(Math.min(...positive, Infinity) - 1e-9);
    const high = Math.ceil(Math.max(...positive, -Infinity) + 1e-9);
    if (!positive.length) return null;
    const zero = [one.said, one.measured].some((value) => value <= 0);
    const width = Math.min(Math.max(one.box.clientWidth - 32, 240), 600);
    const [left, right] = [zero ? 90 : 40, width - 40];
    const place = (value) =>
      value > 0 ? left + ((right - left) * (log(value) - low)) / (high - low) : 30;
    const words = `On a log scale: you said ${said(one)}, measured ${one.text}.`;
    const picture = draw("svg", { viewBox: `0 0 ${width} 92`, role: "img", "aria-label": words });
    picture.append(draw("line", { x1: left, x2: right, y1: 46, y2: 46, class: "axis" }));
    const step = Math.ceil((high - low) / (width / 85));
    for (let power = low; power <= high; power += step) {
      const x = place(base ** power);
      picture.append(draw("line", { x1: x, x2: x, y1: 41, y2: 51, class: "axis" }));
      picture.append(draw("text", { x, y: 88, class: "tick" }, short(base ** power, one.unit)));
    }
    if (zero) picture.append(draw("text", { x: 30, y: 88, class: "tick" }, "0"));
    const [mine, real] = [place(one.said), place(one.measured)];
    picture.append(draw("line", { x1: mine, x2: real, y1: 46, y2: 46, class: "gap" }));
    picture.append(draw("circle", { cx: mine, cy: 46, r: 7, class: "mine" }));
    picture.append(draw("rect", { x: real - 5, y: 41, width: 10, height: 10, class: "real" }));
    picture.append(draw("text", { x: inside(mine, width), y: 24, class: "name" }, "you"));
    picture.append(draw("text", { x: inside(real, width), y: 71, class: "name" }, "measured"));
    return picture;
  }

  function inside(x, width) {
    return Math.min(Math.max(x, 36), width - 36);
  }

  function short(value, unit) {
    const steps = unit === "bytes"
      ? [[2 ** 30, " GiB"], [2 ** 20, " MiB"], [2 ** 10, " KiB"], [1, " B"]]
      : [[1e9, " G"], [1e6, " M"], [1e3, " k"]];
    const [size, word] = steps.find(([size]) => value >= size) || [1, ""];
    return Number((value / size).toPrecision(3)).toLocaleString("en") + word;
  }

  // The field, where the lesson asks.

  function fillAsk(one, all) {
    const field = make("input", {
      id: `number-${one.number}`, type: "text", autocomplete: "off", spellcheck: "false",
      "aria-describedby": `said-${one.number}`,
    });
    const status = make("p", { id: `said-${one.number}`, role: "status", class: "status" });
    const onwards = (typed) => {
      settle(one, all, typed);
      one.status.querySelector("a").focus();
    };
    const skip = button("Show without a number", () => onwards(null));
    const form = make("form", {},
      make("label", { for: field.id }, `Your prediction: ${one.question}`),
      make("div", { class: "fields" }, field, make("span", { class: "unit" }, one.unit),
        make("button", { type: "submit" }, "Predict"), skip));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (parse(field.value, one.unit) === null) {
        field.setAttribute("aria-invalid", "true");
        status.textContent = one.unit === "bytes"
          ? "Type a number, such as 4096, 4 KiB or 64 * MiB."
          : "Type a number, such as 12 or 1e6.";
        field.focus();
      } else {
        onwards(field.value.trim());
      }
    });
    one.ask.replaceChildren(form, status);
    one.ask.hidden = false;
    Object.assign(one, { field, form, status });
  }

  function settle(one, all, typed) {
    Object.assign(one, { typed, shown: true });
    save(all);
    showAll(all);
  }

  function showAsk(one, all) {
    one.form.hidden = one.shown;
    one.field.removeAttribute("aria-invalid");
    if (!one.shown) return one.status.replaceChildren();
    const words = one.typed === null ? "You went on without a number. " : `You said ${said(one)}. `;
    const link = make("a", { href: `#measured-${one.number}` }, "What was measured");
    const again = button("Ask me again", () => {
      Object.assign(one, { typed: null, shown: false });
      save(all);
      showAll(all);
      one.field.value = "";
      one.field.focus();
    });
    one.status.replaceChildren(`${one.question}: ${words}`, link, " ", again);
  }

  // The answer, where the lesson tells.

  function showReveal(one, all) {
    if (!one.shown) {
      const link = make("a", { href: `#number-${one.number}` }, "Say a number first");
      const words = `${one.question}: measured, and hidden until you have predicted it. `;
      one.box.replaceChildren(make("p", {}, words, link, " ",
        button("Show it anyway", () => {
          settle(one, all, null);
          one.box.setAttribute("tabindex", "-1");
          one.box.focus();
        })));
      return;
    }
    const told = make("strong", {}, one.measured === null ? "unknown here" : one.text);
    const mine = one.typed === null ? [] : ["you said ", make("strong", {}, said(one)), ", "];
    const end = one.typed === null ? "." : `. ${verdict(one.said, one.measured)}`;
    const picture = one.typed === null || one.measured === null ? null : scale(one);
    one.box.replaceChildren(
      make("p", {}, `${one.question}: `, ...mine, "measured ", told, end), ...(picture ? [picture] : []));
  }

  // What lies between a question and its answer waits with the answer.

  function between(all) {
    const after = Node.DOCUMENT_POSITION_FOLLOWING;
    return [...document.querySelectorAll("article .cell_output")].map((output) => ({
      output,
      note: make("p", { class: "waits-note" }),
      asked: all.filter((one) => one.ask.compareDocumentPosition(output) & after &&
        (output.compareDocumentPosition(one.box) & after)),
    })).filter((found) => found.asked.length);
  }

  function showBetween(found) {
    const open = found.asked.filter((one) => !one.shown);
    found.output.classList.toggle("waits", open.length > 0);
    if (!open.length) return found.note.remove();
    const link = make("a", { href: `#number-${open[0].number}` }, open[0].question);
    found.note.replaceChildren("Output hidden until you have predicted: ", link);
    found.output.before(found.note);
  }

  // All of them together.

  function fillSummary(table, all) {
    const head = ["question", "you said", "measured", "how far"];
    table.tHead.replaceChildren(
      make("tr", {}, ...head.map((words) => make("th", { scope: "col" }, words))));
    const rows = all.map((one) => {
      const place = make("a", { href: `#${one.shown ? "measured" : "number"}-${one.number}` }, one.question);
      const guessed = one.shown && one.typed !== null;
      const cells = [
        guessed ? said(one) : "not yet",
        one.shown ? (one.measured === null ? "unknown here" : one.text) : "hidden",
        guessed ? verdict(one.said, one.measured) : "",
      ];
      return make("tr", {}, make("th", { scope: "row" }, place), ...cells.map((words) => make("td", {}, words)));
    });
    table.tBodies[0].replaceChildren(...rows);
  }

  function score(all) {
    const guessed = all.filter((one) => one.shown && one.typed !== null);
    const judged = guessed.filter((one) => one.measured !== null);
    const near = judged.filter((one) => one.said === one.measured ||
      (one.said * one.measured > 0 && Math.abs(Math.log2(one.said / one.measured)) <= 1));
    if (!guessed.length) return `You have predicted none of ${all.length} numbers yet.`;
    return `You predicted ${guessed.length} of ${all.length} numbers; ` +
      `${near.length} of them within a factor of two.`;
  }

  function showSummary(place, all) {
    fillSummary(place.querySelector("table"), all);
    place.querySelector(".score").textContent = score(all);
  }

  function showAll(all) {
    for (const one of all) {
      one.said = one.typed === null ? null : parse(one.typed, one.unit);
      showAsk(one, all);
      showReveal(one, all);
    }
    all.outputs.forEach(showBetween);
    if (all.summary) showSummary(all.summary, all);
    all.intro.querySelector("button").hidden = all.every((one) => one.shown);
  }

  function read(ask) {
    const { question, unit, text, number, measured } = ask.dataset;
    const box = document.getElementById(`measured-${number}`);
    return { ask, box, question, unit, text, number, typed: null, shown: false,
      measured: measured === "" ? null : Number(measured) };
  }

  function introduce(all) {
    const words = all.length === 1 ? "a number" : `${all.length} numbers`;
    all.intro = make("p", { class: "predict-intro" },
      `This lesson asks you for ${words} before it shows what was measured. ` +
      "What you type stays in this browser. ");
    all.intro.append(button("Show all results", () => {
      for (const one of all) one.shown = true;
      save(all);
      showAll(all);
    }));
    const top = document.querySelector("article .run-it") || document.querySelector("article h1");
    top.after(all.intro);
  }

  function start() {
    const all = [...document.querySelectorAll("article .ask")].map(read).filter((one) => one.box);
    if (!all.length) return;
    const kept = load();
    for (const one of all) {
      const typed = kept[one.question];
      if (typed === null || (typeof typed === "string" && parse(typed, one.unit) !== null)) {
        Object.assign(one, { typed, shown: true });
      }
      fillAsk(one, all);
    }
    all.outputs = between(all);
    all.summary = document.querySelector("article .predictions");
    if (all.summary) {
      all.summary.prepend(make("p", { class: "score", role: "status" }));
      all.summary.append(button("Forget my predictions", () => {
        for (const one of all) Object.assign(one, { typed: null, shown: false });
        save(all);
        showAll(all);
      }));
    }
    introduce(all);
    showAll(all);
  }

  window.predictOnThePage = { parse };
  start();
})();
