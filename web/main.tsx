// Starts the page.
import { render } from "solid-js/web";
import { App } from "./app/app.tsx";
import "./tokens.css";
import "./page-tokens.css";
import "./style.css";
import "./app/controls.css";
import "./app/pages.css";
import "./panel/panel.css";

const root = document.getElementById("app");
if (root !== null) render(() => <App />, root);
