// Completes @names in comments from the people who may see the record, and says while the user types who would not be
// notified. Without it the names are typed, and the page after posting says so.
const maxNameLength = 20; // characters of a name being typed
const maxSuggestions = 8;
const checkDelay = 600; // milliseconds after the last key
const maxCheckedLength = 300; // characters, so that the address stays short

const mentionAtCursor = (area) => {
  const before = area.value.slice(0, area.selectionStart);
  const at = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
  const name = before.slice(at + 1).normalize("NFKC");
  return at < 0 || name.length > maxNameLength || /\s/.test(name) ? null : { at, name };
};

const addSuggestionList = (area) => {
  const list = document.createElement("div");
  list.className = "mention-list";
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "可以提到的人");
  list.hidden = true;
  area.after(list);
  return list;
};

const fetchPeople = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  return answer.ok && !answer.redirected ? (await answer.json()).people : [];
};

// What stands around each @: enough for the server to tell the names, and e-mail addresses from them.
const mentionsIn = (text) =>
  (text.match(/[\w.+-]*[@＠][^@＠\r\n]{0,30}/g) || []).join(" ").slice(0, maxCheckedLength);

const checkMentions = (area) => {
  const result = document.createElement("p");
  result.className = "mention-check";
  result.setAttribute("role", "status");
  area.after(result);
  let timer = 0;
  let checked = "";

  const check = async () => {
    const text = mentionsIn(area.value);
    if (text === checked) return;
    checked = text;
    let problems = [];
    if (text) {
      const answer = await fetch(`${area.closest("[data-mentions]").dataset.mentions}?text=${encodeURIComponent(text)}`, {
        headers: { Accept: "application/json" },
      });
      if (answer.ok && !answer.redirected) problems = (await answer.json()).problems;
    }
    if (text === checked) result.textContent = problems.join(""); // else the user has typed on
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, checkDelay);
  });
};

const completeMentions = (area) => {
  const list = addSuggestionList(area);
  let people = null;

  const insert = (label) => {
    const mention = mentionAtCursor(area);
    if (!mention) return;
    area.setRangeText(`@${label} `, mention.at, area.selectionStart, "end");
    list.hidden = true;
    area.focus();
  };
  const suggestionButton = (label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => insert(label));
    return button;
  };
  const suggest = async () => {
    if (!mentionAtCursor(area)) {
      list.hidden = true;
      return;
    }
    people ??= fetchPeople(area.closest("[data-mentions]").dataset.mentions);
    const labels = await people;
    const mention = mentionAtCursor(area); // the user may have typed on while the people were fetched
    const matches = mention ? labels.filter((label) => label.startsWith(mention.name)).slice(0, maxSuggestions) : [];
    list.replaceChildren(...matches.map(suggestionButton));
    list.hidden = matches.length === 0;
  };
  area.addEventListener("input", suggest);
  area.closest("[data-mentions]").addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    if (list.hidden || !buttons.length) return;
    const index = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") {
      list.hidden = true;
      area.focus();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      buttons[(index + 1) % buttons.length].focus();
    } else if (event.key === "ArrowUp" && index >= 0) {
      event.preventDefault();
      (buttons[index - 1] ?? area).focus();
    }
  });
};

for (const area of document.querySelectorAll("[data-mentions] textarea")) {
  checkMentions(area);
  completeMentions(area);
}
