// Fetches earlier answers close to what is being written and shows them in [data-similar].
// data-url answers with an HTML fragment of ours; data-sources lists the fields to send. The text
// goes by POST with the form's token, so that it stands in no address and no log.
const LEAST = 6;

function improve(place) {
  const sources = place.dataset.sources
    .split(",")
    .map((selector) => document.querySelector(selector.trim()))
    .filter(Boolean);
  const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
  let waiting;
  let asking;
  let last = "";

  const ask = async () => {
    const body = new URLSearchParams({ csrf_token: token });
    let all = "";
    for (const source of sources) {
      body.set(source.name, source.value.trim());
      all += source.value.trim();
    }
    if (all === last || [...all].length < LEAST) {
      return;
    }
    last = all;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(place.dataset.url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token, Accept: "text/html" },
        credentials: "same-origin",
        signal: asking.signal,
      });
      if (answer.ok) {
        const fragment = await answer.text();
        place.innerHTML = fragment;
        place.hidden = !fragment.trim();
      }
    } catch {
      // Help that does not arrive is no fault of the letter: stay silent and go on.
    }
  };

  for (const source of sources) {
    source.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 700);
    });
  }
  ask();
}

document.querySelectorAll("[data-similar]").forEach(improve);
