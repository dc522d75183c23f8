import { Page } from "../../shared/parts/page";
import { useWords } from "../words";

export function Component() {
  const words = useWords().home;
  return <Page title={words.title} lead={words.lead} />;
}
