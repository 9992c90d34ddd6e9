// Fetches a section far down the page when it is about to be seen; without script, or when that fails, the link in it
// leads to the same content. It is put in while the page stands still, and what is being read keeps its place: on a
// phone there is more below.
const scrollEnd = () => new Promise((resolve) => {
  let timer = 0;
  const restart = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      window.removeEventListener("scroll", restart);
      resolve();
    }, 150);
  };
  window.addEventListener("scroll", restart);
  restart();
});

const fillSection = async (section) => {
  const answer = await fetch(section.dataset.deferred);
  if (!answer.ok || answer.redirected) return; // the sign-in page
  const parts = new DOMParser().parseFromString(await answer.text(), "text/html").body.children;
  await scrollEnd();
  const centre = document.elementFromPoint(window.innerWidth / 2, window.innerHeight / 2);
  const before = centre?.getBoundingClientRect().top;
  section.replaceChildren(...parts);
  if (!centre?.isConnected) return;
  window.scrollBy({ top: centre.getBoundingClientRect().top - before, behavior: "instant" });
};

const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    fillSection(target).catch(() => {}); // the link stays
  }
}, { rootMargin: "400px" });
for (const section of document.querySelectorAll("[data-deferred]")) observer.observe(section);
