/**
 * What a page loads once there is somebody to show things to: the connection, and what every piece is drawn with. Other
 * parts take the latter from here (see `build.mjs`): in one file both are smaller, and no part waits for another.
 */
export * from "../core/guard";
export * from "../ui/contact";
export * from "../ui/foot";
export * from "../ui/html";
export * from "../ui/shell";
export * from "../ui/words";
export { live } from "./live";
