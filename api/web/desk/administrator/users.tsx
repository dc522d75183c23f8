import { Badge, type Tone } from "../../shared/parts/texts";
import type { UserState } from "../../generated/desk/graphql";
import { useAdministratorWords } from "./words";

const TONES: Record<UserState, Tone> = { INVITED: "warning", ACTIVE: "good", DISABLED: "plain" };

export const UserStateBadge = ({ state }: { state: UserState }) => <Badge tone={TONES[state]}>{useAdministratorWords().people.states[state]}</Badge>;
