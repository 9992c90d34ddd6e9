// Small comforts on top of pages that work without any of them.
(() => {
  "use strict";

  const draftPrefix = "rectify-draft:";

  // The navigation stays as the person left it; on a phone the same switch opens a drawer, which starts closed.
  const navSwitch = document.getElementById("nav-switch");
  if (navSwitch && window.matchMedia("(min-width: 992px)").matches) {
    navSwitch.checked = localStorage.getItem("rectify-nav") === "closed";
    navSwitch.addEventListener("change", () => {
      localStorage.setItem("rectify-nav", navSwitch.checked ? "closed" : "open");
    });
  }

  // Where the tabs do not fit, the one that is shown is in sight all the same.
  for (const bar of document.querySelectorAll(".tabs")) {
    const shown = bar.querySelector(".active");
    if (shown) bar.scrollLeft = shown.offsetLeft - bar.offsetLeft - (bar.clientWidth - shown.offsetWidth) / 2;
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-closes][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    // A click anywhere in a row opens it, unless text is being selected or something in the row was meant.
    const row = event.target.closest("tr[data-row]");
    if (row && !event.target.closest("a, button, input, select, label") && !window.getSelection().toString()) {
      row.querySelector("a[href]")?.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-closes][open]")) menu.open = false;
  });

  // Only while sending: pressing twice must not send twice.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button[type=submit]")) {
        window.setTimeout(() => { button.disabled = true; }, 0);
      }
    });
  }
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form[data-once] button[type=submit]")) button.disabled = false;
  });

  // On a phone the filters fold away; the chips below say what is filtered by.
  if (window.matchMedia("(max-width: 767.98px)").matches) {
    for (const fold of document.querySelectorAll("details.filter-fold")) fold.open = false;
  }

  // Filters apply as soon as they are chosen; the button is for those without script.
  for (const form of document.querySelectorAll("form[data-auto]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    });
  }
  // Long texts survive a closed window. A draft is offered, never put in place of what is stored without asking.
  const draftKey = (area) => `${draftPrefix}${location.pathname}${location.search}#${area.name}`;
  // Only what the server says it has stored needs no draft any more: not a refusal, not the page to sign in again.
  const sent = sessionStorage.getItem("rectify-sent");
  if (sent && document.querySelector(".message-success")) {
    const form = sent.slice(0, sent.lastIndexOf("#"));
    for (const key of Object.keys(localStorage)) if (key.startsWith(`${form}#`)) localStorage.removeItem(key);
  }
  sessionStorage.removeItem("rectify-sent");
  const offerDraft = (area, draft) => {
    const bar = document.createElement("p");
    bar.className = "draft-bar";
    bar.setAttribute("role", "status");
    bar.append("这台电脑上留有一份没有保存的草稿。 ");
    for (const [word, use] of [["恢复草稿", true], ["丢弃", false]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary";
      button.textContent = word;
      button.addEventListener("click", () => {
        if (use) {
          area.value = draft;
          area.dispatchEvent(new Event("input", { bubbles: true }));
        } else localStorage.removeItem(draftKey(area));
        bar.remove();
        area.focus();
      });
      bar.append(button, " ");
    }
    area.after(bar);
  };
  for (const area of document.querySelectorAll("form[data-draft] textarea")) {
    const draft = localStorage.getItem(draftKey(area));
    if (draft !== null && draft !== area.value) offerDraft(area, draft);
    area.addEventListener("input", () => {
      try { localStorage.setItem(draftKey(area), area.value); } catch { /* a full store costs the draft only */ }
    });
    area.form.addEventListener("submit", () => sessionStorage.setItem("rectify-sent", draftKey(area)));
  }

  // Ctrl+S and Ctrl+Enter press the first button of a form that says so.
  for (const form of document.querySelectorAll("form[data-keys]")) {
    for (const hint of form.querySelectorAll("[data-keys-hint]")) hint.hidden = false;
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
      if (event.key.toLowerCase() !== "s" && event.key !== "Enter") return;
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[type=submit]"));
    });
  }

  // The sentence of the public report as it is being written.
  for (const paragraph of document.querySelectorAll("[data-preview]")) {
    const area = document.getElementById(paragraph.dataset.preview);
    const own = paragraph.querySelector("[data-preview-own]");
    const { missing, ends } = paragraph.dataset;
    const totals = new Map();
    for (const one of document.querySelectorAll("[data-total]")) totals.set(`【${one.dataset.total}】`, one.dataset.number);
    area?.addEventListener("input", () => {
      const text = area.value.trim().replace(/【[^【】\n]{1,40}】/g, (key) => totals.get(key) ?? key);
      own.textContent = text ? text + (ends.includes(text.at(-1)) ? "" : "。") : missing;
    });
  }

  // Words that can be put into a text at a press.
  for (const button of document.querySelectorAll("[data-insert]")) {
    const area = document.getElementById(button.dataset.into);
    button.hidden = !area;
    button.addEventListener("click", () => {
      area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
  }

  // Rows that are picked: how many, and all of the page at once.
  for (const bar of document.querySelectorAll("form[data-picks]")) {
    const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${bar.id}"]`)];
    const all = document.querySelector(`[data-pick-all="${bar.id}"]`);
    const count = () => {
      const picked = boxes.filter((box) => box.checked).length;
      bar.querySelector("[data-picked]").textContent = picked ? `已选 ${picked} 条` : "勾选要一起修改的行";
      bar.classList.toggle("pick-bar-open", picked > 0);
      if (all) all.checked = picked > 0 && picked === boxes.length;
    };
    for (const box of boxes) box.addEventListener("change", count);
    if (all) {
      all.hidden = false;
      all.addEventListener("change", () => {
        for (const box of boxes) box.checked = all.checked;
        count();
      });
    }
    count();
  }

  // Whoever goes on writing in his own text of a conflict means his own text.
  for (const side of document.querySelectorAll(".choice-side")) {
    side.addEventListener("input", (event) => {
      if (!event.target.matches("[type=radio]")) side.querySelector("[type=radio]").checked = true;
    });
  }

  // What stands far down is fetched when it is about to be seen; where that fails a link leads to it. It is put in when
  // the page stands still, and what is being read then stays where it is: on a phone there is more below.
  const standstill = () => new Promise((resolve) => {
    let timer = 0;
    const moved = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        window.removeEventListener("scroll", moved);
        resolve();
      }, 150);
    };
    window.addEventListener("scroll", moved);
    moved();
  });
  const fetched = async (place) => {
    const answer = await fetch(place.dataset.later);
    if (!answer.ok || answer.redirected) return; // the sign-in page
    const parts = new DOMParser().parseFromString(await answer.text(), "text/html").body.children;
    await standstill();
    const read = document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 2);
    const before = read?.getBoundingClientRect().top;
    place.replaceChildren(...parts);
    if (!read?.isConnected) return;
    window.scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
  };
  const atFoot = new IntersectionObserver((places) => {
    for (const { isIntersecting, target } of places) {
      if (!isIntersecting) continue;
      atFoot.unobserve(target);
      fetched(target).catch(() => {});
    }
  }, { rootMargin: "400px" });
  for (const place of document.querySelectorAll("[data-later]")) atFoot.observe(place);

  document.querySelector("[data-focus]")?.focus();
})();
