export { Component, loader, shouldRevalidate } from "./new_campaign";
