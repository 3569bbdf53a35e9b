// The account is deleted: what this browser remembers of it goes, here and in its other tabs.
import { forgetEverything } from "./frame/memory.js";

forgetEverything();
if ("BroadcastChannel" in window) new BroadcastChannel("voiceverse").postMessage("left");
