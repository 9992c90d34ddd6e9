// Writes the number of records that wait for the user beside 审核 in the navigation. It is counted after the page is
// there, so that no page waits for it; without script the entry has no number.
async function write(place) {
  const answer = await fetch(place.dataset.queueNumber, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer || !answer.ok) return;
  const { number } = await answer.json();
  place.textContent = number;
  place.hidden = number === 0;
}

for (const place of document.querySelectorAll("[data-queue-number]")) write(place);
