// Writes the number of records that wait for the user beside 审核 in the navigation. It is counted after the page is
// there, so that no page waits for it; without script, or without an answer, the entry has no number.
async function readNumber(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  // Whoever has been signed out meanwhile is led to the page of the sign-in, which is no number.
  return answer.ok && !answer.redirected ? (await answer.json()).number : 0;
}

for (const place of document.querySelectorAll("[data-queue-number]")) {
  readNumber(place.dataset.queueNumber)
    .catch(() => 0) // the page was left, or the network is gone
    .then((number) => {
      place.textContent = number || "";
      place.hidden = !number;
    });
}
