// Sends evidence one file at a time, so that each shows its progress and its result, and takes files that are dropped.
const noAnswer = "没有上传：服务器没有回答，可能是网络中断或登录已经过期。请刷新页面后再试。";
const tooLarge = "没有上传：文件太大。";

const addResult = (list, name) => {
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", `${name} 的上传进度`);
  words.textContent = "等待上传";
  item.append(`${name} `, bar, " ", words);
  list.append(item);
  return { item, bar, words };
};

const readOutcome = (request) => {
  if (request.status === 413) return { is_stored: false, words: tooLarge };
  try {
    return JSON.parse(request.responseText).outcomes[0];
  } catch {
    return { is_stored: false, words: noAnswer }; // a page instead of an answer: signed out, refused, or broken off
  }
};

const send = (form, input, file, result) => new Promise((resolve) => {
  const data = new FormData(form);
  data.delete(input.name);
  data.append(input.name, file);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    result.bar.value = Math.round((event.loaded / event.total) * 100);
    result.words.textContent = event.loaded < event.total ? `${result.bar.value}%` : "正在检查";
  });
  request.addEventListener("loadend", () => {
    const outcome = readOutcome(request);
    result.bar.remove();
    result.item.className = outcome.is_stored ? "upload-success" : "upload-failure";
    result.words.textContent = outcome.words;
    resolve(outcome.is_stored);
  });
  request.send(data);
});

const refreshPage = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return; // another page than this one: what is stored shows after a reload
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = document.querySelector("[data-evidence-list]");
  const newer = fresh.querySelector("[data-evidence-list]");
  if (list && newer) list.replaceWith(newer);
  for (const part of document.querySelectorAll("[data-refresh-after-upload]")) {
    const now = fresh.querySelector(`[data-refresh-after-upload="${part.dataset.refreshAfterUpload}"]`);
    if (now) part.replaceWith(now);
  }
};

const addNote = (results, words) => {
  const item = document.createElement("li");
  item.className = "upload-failure";
  item.textContent = words;
  results.append(item);
};

const acceptDrops = (form, input) => {
  for (const type of ["dragenter", "dragover"]) {
    form.addEventListener(type, (event) => {
      event.preventDefault();
      form.classList.add("upload-dragover");
    });
  }
  for (const type of ["dragleave", "drop"]) form.addEventListener(type, () => form.classList.remove("upload-dragover"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
};

const upload = async (form, input, results) => {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  results.replaceChildren();
  const pending = [...input.files].map((file) => [file, addResult(results, file.name)]);
  const stored = [];
  for (const [file, result] of pending) stored.push(await send(form, input, file, result));
  for (const button of buttons) button.disabled = false;
  input.value = "";
  if (!stored.includes(true)) return;
  form.querySelector("[name=caption]").value = "";
  await refreshPage();
};

const handleUploads = (form) => {
  const input = form.querySelector("input[type=file]");
  const results = form.querySelector("[data-upload-results]");
  // Before any other script hears of it, so that nothing counts as sent until the files are stored.
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (input.files.length) {
      upload(form, input, results);
      return;
    }
    input.focus();
    results.replaceChildren();
    addNote(results, "请先选择文件，或者把文件拖到这里。");
  }, true);
  acceptDrops(form, input);
};

for (const form of document.querySelectorAll("form[data-upload]")) handleUploads(form);
