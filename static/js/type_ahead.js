// Turns selects and checkboxes of units and people into inputs in which the user searches by typing (the combobox of
// ARIA 1.2). The select or the checkboxes stay what is sent; without script they are what the user works with.
const pinyinCollator = new Intl.Collator("zh-u-co-pinyin");
// The first character of each initial in the order of pinyin.
const initials = [..."ABCDEFGHJKLMNOPQRSTWXYZ"].map((letter, index) => ({
  letter: letter.toLowerCase(),
  first: [..."阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀"][index],
}));
let serial = 0; // numbers the ids of this page's lists

const normalise = (text) => text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();

const pinyinInitial = (character) => {
  if (!/[\u4e00-\u9fff]/.test(character)) return character;
  const found = initials.filter(({ first }) => pinyinCollator.compare(first, character) <= 0);
  return found.length ? found[found.length - 1].letter : character;
};

const createElement = (tag, className, attributes = {}) => {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

const announceChange = (control) => {
  for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
};

// The choices as both kinds of control have them, from their text, further words and group: `label` is shown, `name` is
// what stands before the units of a person. A unit, indented below another, is shown with the one above it.
const describeChoices = (rows) => {
  const above = []; // the names on the way down to the unit
  return rows.map(({ text, words, group }, index) => {
    const line = text.replace(/^[ \t\r\n]+/, "");
    const depth = line.match(/^\u3000*/)[0].length;
    const name = line.trim();
    if (index && group !== rows[index - 1].group) above.length = 0;
    const label = depth && above[depth - 1] ? `${name} · ${above[depth - 1]}` : name;
    above.length = depth;
    above.push(name);
    const key = normalise(label);
    return {
      label,
      group,
      name: normalise(name.split(" · ")[0]),
      keys: [key, normalise(words || ""), [...key].map(pinyinInitial).join("")],
    };
  });
};

const choicesOfSelect = (select) => {
  const options = [...select.options];
  const rows = options.map((option) => ({
    text: option.text,
    words: option.dataset.words,
    group: option.parentElement.label || "",
  }));
  return describeChoices(rows).map((described, index) => ({
    ...described,
    isEmpty: options[index].value === "",
    isChosen: () => options[index].selected,
    choose: () => {
      options[index].selected = true;
      announceChange(select);
    },
  }));
};

const choicesOfBoxes = (boxes) => {
  const rows = boxes.map((box) => ({ text: box.closest("label").textContent, words: box.dataset.words, group: "" }));
  const setTo = (box, checked) => {
    box.checked = checked;
    announceChange(box);
  };
  return describeChoices(rows).map((described, index) => ({
    ...described,
    isEmpty: false,
    isChosen: () => boxes[index].checked,
    choose: () => setTo(boxes[index], true),
    remove: () => setTo(boxes[index], false),
  }));
};

// The input with its list. `offered` gives the choices of the list, `shownText` what the input says when nobody types
// in it, `choose` stores one of the choices.
const createCombobox = ({ choices, label, offered, shownText, choose }) => {
  serial += 1;
  const listId = `type-ahead-${serial}`;
  const box = createElement("div", "type-ahead");
  const list = createElement("div", "type-ahead-list", { role: "listbox", id: listId, "aria-label": label });
  const status = createElement("p", "type-ahead-status", { role: "status" });
  const input = createElement("input", "form-control", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    placeholder: "输入姓名、名称或拼音首字母查找",
  });
  box.append(input, list, status);
  list.hidden = true;
  let shown = []; // the choices in the list, with their elements
  let active = -1;
  let isTyping = false; // whether the text of the input is a search and not yet a choice

  const matching = () => {
    const query = isTyping ? normalise(input.value) : "";
    return offered().filter((choice) => (query ? !choice.isEmpty && choice.keys.some((key) => key.includes(query)) : true));
  };
  const setActive = (index) => {
    active = index;
    shown.forEach(({ element }, place) => element.setAttribute("aria-selected", String(place === index)));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", shown[index].element.id);
    shown[index].element.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    setActive(-1);
  };
  const reset = () => {
    isTyping = false;
    input.value = shownText();
    status.textContent = "";
    if (!box.closest(".field-invalid")) input.removeAttribute("aria-invalid");
  };
  const take = (choice) => {
    close();
    choose(choice);
    reset();
  };
  const optionElement = (choice, index) => {
    const element = createElement("div", "type-ahead-option", { role: "option", id: `${listId}-${index}` });
    element.textContent = choice.label;
    element.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the input
    element.addEventListener("click", () => take(choice));
    return element;
  };
  const groupElement = (heading) => {
    const group = createElement("div", "", { role: "group", "aria-label": heading });
    const title = createElement("div", "type-ahead-heading", { "aria-hidden": "true" });
    title.textContent = heading;
    group.append(title);
    return group;
  };
  const open = () => {
    shown = matching().map((choice, index) => ({ choice, element: optionElement(choice, index) }));
    let group = list;
    list.replaceChildren();
    shown.forEach(({ choice, element }, index) => {
      if (index === 0 || choice.group !== shown[index - 1].choice.group) {
        group = choice.group ? groupElement(choice.group) : list;
        if (choice.group) list.append(group);
      }
      group.append(element);
    });
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = list.hidden ? `没有找到“${input.value}”。` : "";
    setActive(isTyping && shown.length ? 0 : shown.findIndex(({ choice }) => choice.isChosen()));
  };
  // Stores what was typed when it can mean one choice only; false when it cannot, and then the text stays.
  const settle = () => {
    if (!isTyping) return true;
    const query = normalise(input.value);
    const found = query ? matching() : choices.filter((choice) => choice.isEmpty);
    const exact = found.filter((choice) => choice.name === query || choice.keys[0] === query);
    const meant = exact.length === 1 ? exact : found;
    if (meant.length === 1) {
      take(meant[0]);
    } else if (query) {
      const problem = found.length ? `有 ${found.length} 项` : "没有找到";
      status.textContent = `“${input.value}”${problem}，请从列表里选择，或者清空。`;
      input.setAttribute("aria-invalid", "true");
      return false;
    } else {
      reset();
    }
    return true;
  };
  const move = (step) => {
    if (list.hidden) open();
    else if (shown.length) setActive((active + step + shown.length) % shown.length);
  };

  input.addEventListener("input", () => {
    isTyping = true;
    open();
  });
  input.addEventListener("click", open);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    settle();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter ends a composition of pinyin
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && !list.hidden && active >= 0) take(shown[active].choice);
    else if (event.key === "Enter" && isTyping) settle();
    else if (event.key === "Escape" && (isTyping || !list.hidden)) {
      close();
      reset();
    } else if ((event.key === "Home" || event.key === "End") && !list.hidden) {
      setActive(event.key === "Home" ? 0 : shown.length - 1);
    } else return;
    event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== input.form || settle()) return;
    event.preventDefault();
    event.stopPropagation(); // before other scripts take the form for sent
    input.focus();
  }, true);
  window.addEventListener("pageshow", () => { if (!isTyping) reset(); }); // the browser may have restored the control
  return { box, input, reset };
};

const enhanceSelect = (select) => {
  const choices = choicesOfSelect(select);
  const label = document.querySelector(`label[for="${select.id}"]`);
  const shownText = () => {
    const chosen = choices.find((choice) => choice.isChosen());
    return chosen && !chosen.isEmpty ? chosen.label : "";
  };
  const { box, input, reset } = createCombobox({
    choices,
    label: label.firstChild.textContent.trim(),
    offered: () => choices,
    shownText,
    choose: (choice) => choice.choose(),
  });
  // The input takes over what leads to the select: its label, the link of the summary of errors, its explanations.
  input.id = select.id;
  select.removeAttribute("id");
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.classList.toggle("is-invalid", select.classList.contains("is-invalid"));
  select.hidden = true;
  select.after(box);
  select.addEventListener("change", reset);
};

const enhanceBoxes = (fieldset) => {
  const boxes = [...fieldset.querySelectorAll("input[data-type-ahead]")];
  const choices = choicesOfBoxes(boxes);
  const chips = createElement("ul", "type-ahead-chips");
  const label = fieldset.querySelector("legend").firstChild.textContent.trim();
  const { box, input } = createCombobox({
    choices,
    label,
    offered: () => choices.filter((choice) => !choice.isChosen()),
    shownText: () => "",
    choose: (choice) => choice.choose(),
  });
  input.setAttribute("aria-label", label);
  const chipElement = (choice) => {
    const chip = createElement("li", "type-ahead-chip");
    const button = createElement("button", "type-ahead-remove", { type: "button", "aria-label": `去掉${choice.label}` });
    button.textContent = "×";
    button.addEventListener("click", () => {
      choice.remove();
      input.focus();
    });
    chip.append(choice.label, button);
    return chip;
  };
  const showChips = () => {
    chips.replaceChildren(...choices.filter((choice) => choice.isChosen()).map(chipElement));
  };
  for (const each of boxes) {
    each.closest("label").parentElement.hidden = true;
    each.addEventListener("change", showChips);
  }
  window.addEventListener("pageshow", showChips);
  fieldset.classList.add("choices-searchable");
  fieldset.querySelector("legend").after(chips, box);
  showChips();
};

// The script stands behind each such field, and has run once for all of them.
for (const select of document.querySelectorAll("select[data-type-ahead]")) enhanceSelect(select);
const fieldsets = [...document.querySelectorAll("input[data-type-ahead]")].map((box) => box.closest("fieldset.choices"));
for (const fieldset of new Set(fieldsets)) enhanceBoxes(fieldset);
