// Sends a form with chosen files in one request and shows how far they are; then it goes where the answer says. When the
// connection breaks, the page stays with everything typed and chosen in it.
const broken = "没有收到服务器的答复，可能是网络中断，不能确定是否已经保存。您填的文字和选的文件都还在这一页上，请稍后再点一次，已经保存的不会重复。";
const signedOut = "没有保存：登录可能已经过期。请在新的窗口里重新登录，再回到这里点一次；填的文字和选的文件都还在。";
const tooLarge = "没有保存：文件合计太大。请去掉几份，保存以后再选。";

const request = (form, data, showProgress) => new Promise((resolve) => {
  const sending = new XMLHttpRequest();
  sending.open("POST", form.action);
  sending.setRequestHeader("Accept", "application/json");
  sending.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) showProgress(Math.round((event.loaded / event.total) * 100));
  });
  sending.addEventListener("loadend", () => resolve(sending));
  sending.send(data);
});

const readAnswer = (answer) => {
  if (answer.status === 413) return { failure: tooLarge };
  if (answer.status === 0 || answer.status >= 500) return { failure: broken };
  try {
    return JSON.parse(answer.responseText);
  } catch {
    return { failure: signedOut }; // a page instead of an answer
  }
};

// The token of the form belongs to the sign-in with which the page was opened.
const renewToken = async (form) => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#measure-form [name=csrfmiddlewaretoken]");
  if (fresh) form.elements.namedItem("csrfmiddlewaretoken").value = fresh.value;
};

const followSending = (form) => {
  const files = form.querySelector("input[type=file]");
  const progress = form.querySelector("[data-sending]");
  const failure = form.querySelector("[data-send-failure]");
  const buttons = form.querySelectorAll("button[type=submit]");
  let hasFailed = false;
  let isDone = false;

  const showProgress = (percent) => {
    progress.querySelector("progress").value = percent;
    progress.querySelector("[data-sending-words]").textContent = percent < 100 ? `正在上传 ${percent}%` : "已传完，正在检查和保存";
  };
  const setBusy = (isBusy) => {
    progress.hidden = !isBusy;
    for (const button of buttons) button.disabled = isBusy;
  };

  const leaveTo = (address) => {
    isDone = true;
    // For the scripts that keep drafts and ask before leaving: the form is sent.
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    location.assign(address);
  };

  const send = async (submitter) => {
    failure.textContent = "";
    setBusy(true);
    showProgress(0);
    if (hasFailed) await renewToken(form).catch(() => {});
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    const answer = readAnswer(await request(form, data, showProgress));
    if (answer.address) return leaveTo(answer.address);
    setBusy(false);
    hasFailed = Boolean(answer.failure);
    failure.textContent = answer.failure ?? "";
    if (hasFailed) return undefined;
    // The files are stored and the text is not: the page that says why is the answer to the text alone.
    form.dispatchEvent(new Event("files-sent"));
    return form.requestSubmit(submitter);
  };

  const isCommenting = () => [...form.elements].some((one) => one.tagName === "TEXTAREA" && !form.contains(one) && one.value.trim());
  document.addEventListener("submit", (event) => {
    if (event.target !== form || isDone || !files.files.length) return;
    // A comment that is being written, or its own button, takes the way without script, which keeps it.
    if (event.submitter?.name === "comment" || isCommenting()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(event.submitter);
  }, true);
};

for (const form of document.querySelectorAll("form[data-send-files]")) followSending(form);
