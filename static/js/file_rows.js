// Shows each chosen file of a form as a row that waits for the save, with its kind, guessed from its name, and its
// caption. Files are chosen, dropped anywhere on the form, pasted or photographed; one that cannot be accepted says why and
// leaves the others. The input holds what will be sent, so that the form is sent as it would be without script.
const megabytes = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);
const extensionOf = (name) => (name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "");
const isSame = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const followFiles = (area) => {
  const input = area.querySelector("input[type=file]");
  const form = input.form;
  const rules = JSON.parse(area.dataset.rules);
  const accepted = input.accept.split(",");
  const list = area.querySelector("[data-file-rows]");
  const camera = area.querySelector("[data-camera-button]");
  const kinds = form.elements.namedItem("kind");
  let waiting = []; // of {file, row}
  let isOurs = false; // a change of the input that this script makes

  const refusalOf = (file) => {
    const extension = extensionOf(file.name);
    if (!extension) return rules.nameless + rules.otherwise;
    if (!accepted.includes(`.${extension}`)) return rules.refused.replace("{}", extension) + (rules.advice[extension] ?? rules.otherwise);
    if (file.size === 0) return "文件是空的（0 字节），请确认原文件能打开再选。";
    if (file.size > rules.largest) return `文件有 ${megabytes(file.size)}，超过 ${megabytes(rules.largest)}，请压缩或分成几份再选。`;
    if (waiting.length >= rules.most_files) return `一次最多 ${rules.most_files} 份；保存以后可以接着选。`;
    const total = waiting.reduce((sum, one) => sum + one.file.size, file.size);
    return total > rules.most_bytes ? `这一次合计超过 ${megabytes(rules.most_bytes)}；保存以后再选这一份。` : "";
  };

  const guessKind = (name) => rules.kinds.find(([, words]) => words.some((word) => name.includes(word)))?.[0] ?? kinds.value;

  const selectOfKinds = (name) => {
    const select = make("select", { name: "file_kind", className: "form-select" });
    const guess = guessKind(name);
    for (const { value, text } of kinds.options) select.append(new Option(text, value, value === guess, value === guess));
    select.setAttribute("aria-label", `档案类别：${name}`);
    return select;
  };

  const sync = () => {
    const data = new DataTransfer();
    for (const { file } of waiting) data.items.add(file);
    isOurs = true;
    input.files = data.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    isOurs = false;
    list.hidden = list.children.length === 0;
  };

  const remove = (row) => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    waiting = waiting.filter((one) => one.row !== row);
    row.remove();
    sync();
    (next?.querySelector("button") ?? input).focus();
  };

  const addRow = (file, refusal) => {
    const name = make("strong", { textContent: refusal ? `${file.name} 不能收` : file.name });
    const row = make("li", { className: refusal ? "file-row file-row-refused" : "file-row" });
    const badge = make("span", { className: "file-badge", textContent: extensionOf(file.name).slice(0, 4) || "?" });
    badge.setAttribute("aria-hidden", "true");
    const words = make("p", {}, name, make("small", { textContent: refusal || `${megabytes(file.size)} · 待保存` }));
    if (refusal) words.setAttribute("role", "alert");
    row.append(badge, words);
    if (!refusal) {
      const caption = make("input", { type: "text", name: "file_caption", className: "form-control", maxLength: 200, placeholder: "说明，可不填" });
      caption.setAttribute("aria-label", `说明：${file.name}`);
      row.append(selectOfKinds(file.name), caption);
    }
    const button = make("button", { type: "button", className: "file-remove", textContent: "✕" });
    button.setAttribute("aria-label", refusal ? `去掉：${file.name}` : `不要这份：${file.name}`);
    button.addEventListener("click", () => remove(row));
    row.append(button);
    list.append(row);
    return row;
  };

  const add = (files) => {
    for (const file of files) {
      if (waiting.some((one) => isSame(one.file, file))) continue;
      const refusal = refusalOf(file);
      const row = addRow(file, refusal);
      if (!refusal) waiting.push({ file, row });
    }
    sync();
  };

  const acceptDrops = () => {
    const isFiles = (event) => event.dataTransfer?.types.includes("Files");
    for (const type of ["dragenter", "dragover"]) {
      form.addEventListener(type, (event) => {
        if (!isFiles(event)) return;
        event.preventDefault();
        area.classList.add("drop-area-over");
      });
    }
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) area.classList.remove("drop-area-over");
    });
    form.addEventListener("drop", (event) => {
      area.classList.remove("drop-area-over");
      if (!isFiles(event)) return;
      event.preventDefault();
      add([...event.dataTransfer.files]);
    });
  };

  // A picture from the clipboard has no name of its own; cells of a sheet come as text and as a picture, and stay text.
  const acceptPastes = () => document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    const stamp = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
    add([...files].map((file) => (/^image\.\w+$/.test(file.name) ? new File([file], `截图${stamp}.${extensionOf(file.name)}`, { type: file.type }) : file)));
  });

  const offerCamera = () => {
    const shutter = make("input", { type: "file", accept: "image/jpeg", capture: "environment" });
    camera.hidden = false;
    camera.addEventListener("click", () => shutter.click());
    shutter.addEventListener("change", () => {
      add([...shutter.files]);
      shutter.value = "";
    });
  };

  input.addEventListener("change", () => { if (!isOurs) add([...input.files]); });
  form.addEventListener("files-sent", () => {
    for (const { row } of waiting) row.remove();
    waiting = [];
    sync();
  });
  input.classList.add("file-input-hidden");
  for (const part of area.querySelectorAll("[data-files-plain]")) part.hidden = true;
  Object.assign(area.querySelector("[data-files-label]"), { className: "btn btn-outline-secondary", textContent: "选择文件" });
  acceptDrops();
  acceptPastes();
  offerCamera();
};

for (const area of document.querySelectorAll("[data-files]")) followFiles(area);
