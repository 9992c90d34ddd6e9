// Completes @names in comments from the people who may see the record. Without it the names are typed.
(() => {
  "use strict";

  const longest = 20; // characters of a name being typed
  const shown = 8;

  const typed = (area) => {
    const before = area.value.slice(0, area.selectionStart);
    const at = before.lastIndexOf("@");
    const name = before.slice(at + 1);
    return at < 0 || name.length > longest || /\s/.test(name) ? null : { at, name };
  };

  for (const area of document.querySelectorAll("form[data-mentions] textarea")) {
    const list = document.createElement("div");
    list.className = "mention-list";
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", "可以提到的人");
    list.hidden = true;
    area.after(list);
    let people = null;

    const load = async () => {
      const answer = await fetch(area.form.dataset.mentions, { headers: { Accept: "application/json" } });
      return answer.ok && !answer.redirected ? (await answer.json()).people : [];
    };
    const put = (label) => {
      const found = typed(area);
      if (!found) return;
      area.setRangeText(`@${label} `, found.at, area.selectionStart, "end");
      list.hidden = true;
      area.focus();
    };
    const offer = async () => {
      if (!typed(area)) { list.hidden = true; return; }
      people ??= load();
      const labels = await people;
      const found = typed(area);
      const fitting = found ? labels.filter((label) => label.startsWith(found.name)).slice(0, shown) : [];
      list.replaceChildren(...fitting.map((label) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = label;
        button.addEventListener("click", () => put(label));
        return button;
      }));
      list.hidden = fitting.length === 0;
    };
    area.addEventListener("input", offer);
    area.form.addEventListener("keydown", (event) => {
      const buttons = [...list.querySelectorAll("button")];
      if (list.hidden || !buttons.length) return;
      const place = buttons.indexOf(document.activeElement);
      if (event.key === "Escape") { list.hidden = true; area.focus(); }
      else if (event.key === "ArrowDown") { event.preventDefault(); buttons[(place + 1) % buttons.length].focus(); }
      else if (event.key === "ArrowUp" && place >= 0) { event.preventDefault(); (buttons[place - 1] ?? area).focus(); }
    });
  }
})();
