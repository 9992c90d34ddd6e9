// Goes on with what one request leaves over; without script the button does.
for (const form of document.querySelectorAll("form[data-continue]")) form.requestSubmit();
