const phones = document.getElementById("phones");
const empty = document.getElementById("empty");
let shown = "";

function element(name, content = "", className = "") {
  const made = document.createElement(name);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

function wordsWithLinks(words) {
  const bubble = element("p", "", "words");
  for (const part of words.split(/(https?:\/\/\S+)/)) {
    if (!part.startsWith("http")) {
      bubble.append(part);
      continue;
    }
    const link = element("a", part);
    link.href = part;
    link.target = "_blank";
    bubble.append(link);
  }
  return bubble;
}

function phoneOf({ number, texts }) {
  const phone = element("section", "", "phone");
  phone.append(element("h2", number));
  for (const { sender, words, at } of texts) {
    const when = new Intl.DateTimeFormat("sv", { timeStyle: "short" }).format(new Date(at));
    phone.append(element("p", `${sender} ${when}`, "from"), wordsWithLinks(words));
  }
  return phone;
}

async function look() {
  try {
    const text = await (await fetch("/demo/phones/texts")).text();
    if (text !== shown) {
      shown = text;
      const found = JSON.parse(text);
      empty.hidden = found.length > 0;
      phones.replaceChildren(...found.map(phoneOf));
    }
  } catch {
    shown = "";
  }
  setTimeout(look, 1000);
}

look();
