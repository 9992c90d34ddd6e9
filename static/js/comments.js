// Posts a comment without leaving the page, so that what stands in its other boxes stays there.
const noAnswer = "没有发表：服务器没有回答，可能是网络中断或登录已经过期。您写的还在，请稍后再试。";

const readPage = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

const post = async (part, area) => {
  const data = new FormData();
  data.append("text", area.value);
  data.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(part.dataset.comment, { method: "POST", body: data, headers: { Accept: "text/html" } });
  const page = await readPage(answer);
  const list = page.querySelector("[data-comment-list]");
  if (!list) return page.querySelector(".field-error, main .form-errors")?.textContent.trim() ?? noAnswer;
  part.closest("section").querySelector("[data-comment-list]").replaceWith(list);
  area.value = "";
  area.dispatchEvent(new Event("input", { bubbles: true }));
  return page.querySelector(".message-success p")?.textContent ?? "";
};

for (const part of document.querySelectorAll("[data-comment]")) {
  const area = part.querySelector("textarea");
  const button = part.querySelector("button[type=submit]");
  const status = part.querySelector("[data-comment-status]");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      status.textContent = await post(part, area);
    } catch {
      status.textContent = noAnswer;
    }
    button.disabled = false;
  });
}
