// Sends evidence one file at a time, so that each shows its progress and its result, and takes files that are dropped.
(() => {
  "use strict";

  const lost = "没有上传：服务器没有回答，可能是网络中断或登录已经过期。请刷新页面后再试。";
  const tooLarge = "没有上传：文件太大。";

  const line = (list, name) => {
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

  const answerOf = (request) => {
    if (request.status === 413) return { is_stored: false, words: tooLarge };
    try {
      return JSON.parse(request.responseText).outcomes[0];
    } catch {
      return { is_stored: false, words: lost }; // a page instead of an answer: signed out, refused, or broken off
    }
  };

  const send = (form, input, file, shown) => new Promise((done) => {
    const data = new FormData(form);
    data.delete(input.name);
    data.append(input.name, file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      shown.bar.value = Math.round((event.loaded / event.total) * 100);
      shown.words.textContent = event.loaded < event.total ? `${shown.bar.value}%` : "正在检查";
    });
    request.addEventListener("loadend", () => {
      const outcome = answerOf(request);
      shown.bar.remove();
      shown.item.className = outcome.is_stored ? "upload-good" : "upload-bad";
      shown.words.textContent = outcome.words;
      done(outcome.is_stored);
    });
    request.send(data);
  });

  const refresh = async (form) => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = form.closest("section").querySelector("[data-evidence-list]");
    const newer = fresh.querySelector("[data-evidence-list]");
    if (newer) list.replaceWith(newer);
    for (const part of document.querySelectorAll("[data-uploads-change]")) {
      const now = fresh.querySelector(`[data-uploads-change="${part.dataset.uploadsChange}"]`);
      if (now) part.replaceWith(now);
      else part.remove();
    }
  };

  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("button[type=submit]");
    const results = form.querySelector("[data-upload-results]");

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!input.files.length) {
        input.focus();
        results.replaceChildren();
        const item = document.createElement("li");
        item.className = "upload-bad";
        item.textContent = "请先选择文件，或者把文件拖到这里。";
        results.append(item);
        return;
      }
      button.disabled = true;
      results.replaceChildren();
      const waiting = [...input.files].map((file) => [file, line(results, file.name)]);
      let anyStored = false;
      for (const [file, shown] of waiting) {
        if (await send(form, input, file, shown)) anyStored = true;
      }
      button.disabled = false;
      if (anyStored) {
        input.value = "";
        form.querySelector("[name=caption]").value = "";
        await refresh(form);
      }
    });

    for (const kind of ["dragenter", "dragover"]) {
      form.addEventListener(kind, (event) => {
        event.preventDefault();
        form.classList.add("upload-over");
      });
    }
    for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("upload-over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    });
  }
})();
