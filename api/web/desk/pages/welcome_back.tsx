// Where the provider's window ends that was opened over a page whose session had ended.
import { useEffect } from "react";

import { Page } from "../../shared/parts/page";
import { tellOthers } from "../session";
import { useWords } from "../words";

export function Component() {
  const words = useWords().again;
  useEffect(() => {
    tellOthers();
    window.close();
  }, []);
  return <Page title={words.back} />;
}
