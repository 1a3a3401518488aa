import { mount } from "svelte";
import App from "./app/App.svelte";
import { applyTheme, rememberedTheme } from "$lib/theme";
import "./app/tokens.css";
import "./app/base.css";

applyTheme(rememberedTheme());
const target = document.getElementById("app");
if (target) mount(App, { target });
