// What waits for whoever signed in: the inbox, a calendar of what is due, and for planners what their campaigns need.
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Badge, Told, When } from "../../shared/parts/texts";
import { today } from "../../shared/clock";
import { HomeDeadlinesDocument, HomeDocument, HomeMarkReadDocument, HomeOfPlannerDocument, type HomeOfPlannerQuery } from "../../generated/desk/graphql";
import { ask, toWelcome } from "../ask";
import { Calendar, type Due } from "../calendar";
import { useDoing } from "../doing";
import { MENU } from "../menu";
import { placeOf } from "../messages";
import { Action, Refusal } from "../parts";
import { to } from "../paths";
import { session } from "../session";
import { useWords } from "../words";

interface Deadlines {
  campaign: string;
  dueOn: string;
  count: number;
  isOverdue: boolean;
}

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const { signal } = request;
  const all = new URL(request.url).searchParams.get("read") === "all";
  const isPlanner = user.role === "planner";
  const [told, work] = await Promise.all([
    user.role === "peer" ? null : ask(HomeDocument, { unread: !all }, { signal }),
    isPlanner ? ask(HomeOfPlannerDocument, {}, { signal }) : null,
  ]);
  const codes = work?.matched?.nodes.map(({ code }) => code) ?? [];
  const deadlines = (await Promise.all(codes.map((campaign) => deadlinesOf(campaign, signal)))).flat();
  return { user, all, inbox: told?.inbox ?? null, years: told?.calendarYears ?? [], work, deadlines };
}

/** By when how many findings of a campaign are to be published, day by day. */
async function deadlinesOf(campaign: string, signal: AbortSignal): Promise<Deadlines[]> {
  const found = (await ask(HomeDeadlinesDocument, { campaign }, { signal })).publicationDeadlines ?? [];
  const days = [...new Set(found.map(({ dueOn }) => dueOn))];
  return days.map((dueOn) => {
    const due = found.filter((each) => each.dueOn === dueOn);
    return { campaign, dueOn, count: due.length, isOverdue: due.some(({ urgency }) => urgency === "OVERDUE") };
  });
}

export function Component() {
  const words = useWords();
  const own = words.home;
  const { user, all, inbox, years, work, deadlines } = useLoaderData<typeof loader>();
  const marking = useDoing();
  const messages = (inbox?.nodes ?? []).map((each) => ({ ...each, to: placeOf(user.role, each.code, each.about) }));
  const dues: Due[] = [
    ...messages.flatMap((each): Due[] => (each.dueOn ? [{ on: each.dueOn, text: each.text, to: each.to }] : [])),
    ...deadlines.map((each): Due => ({ on: each.dueOn, text: own.publications(each.campaign, each.count), to: to("campaignFindings", { code: each.campaign }), tone: each.isOverdue ? "bad" : "warning" })),
    ...(work?.running?.nodes ?? []).map((each): Due => ({ on: each.plan.endsOn, text: own.ends(each.plan.title), to: to("campaign", { code: each.code }) })),
  ];
  const unread = messages.filter((each) => !each.readAt).map(({ id }) => id);
  return (
    <Page title={own.title} lead={own.lead(user.subject)}>
      <ul className="figures" aria-label={own.entries}>
        {MENU[user.role]
          .filter((each) => each !== "home")
          .map((each) => (
            <li key={each}>
              <Link to={to(each)}>
                <strong className="card">{words.menu[each]}</strong>
              </Link>
            </li>
          ))}
      </ul>
      {work && <Waiting work={work} />}
      {inbox && (
        <section className="section">
          <h2>{own.inbox}</h2>
          <Refusal refused={marking.refused} />
          {messages.length === 0 ? (
            <p className="empty">{own.nothing}</p>
          ) : (
            <ul className="news">
              {messages.map((each) => (
                <li key={each.id}>
                  <span>
                    {!each.readAt && <Badge tone="strong">{own.new}</Badge>} {each.to ? <Link to={each.to}><Told text={each.text} /></Link> : <Told text={each.text} />}
                  </span>
                  <small>
                    <When at={each.toldAt} />
                  </small>
                </li>
              ))}
            </ul>
          )}
          <div className="actions">
            {unread.length > 0 && (
              <Action doing={marking} onPress={() => void marking.run(HomeMarkReadDocument, { ids: unread })}>
                {own.markRead(unread.length)}
              </Action>
            )}
            <Link className="button" to={all ? "?" : "?read=all"}>
              {all ? own.onlyUnread : own.readToo}
            </Link>
          </div>
        </section>
      )}
      <section className="section">
        <h2>{own.calendar}</h2>
        <Calendar today={today()} dues={dues} years={years} />
      </section>
    </Page>
  );
}

function Waiting({ work }: { work: HomeOfPlannerQuery }) {
  const own = useWords().home;
  const states = work.running?.nodes ?? [];
  const matched = work.matched?.nodes ?? [];
  const steps = states.filter(({ state }) => state !== "MATCHED").map((each) => ({ code: each.code, title: each.plan.title, step: own.steps[each.state] ?? "" }));
  const reviews = matched.filter((each) => (each.toReview?.totalCount ?? 0) > 0);
  const publications = matched.filter((each) => (each.toPublish?.totalCount ?? 0) > 0);
  const { publicWork } = work;
  const proceedings = work.proceedings?.totalCount ?? 0;
  const isIdle = !steps.length && !reviews.length && !publications.length && !proceedings && !publicWork?.openQuestionCount && !publicWork?.openObjectionCount;
  return (
    <section className="section">
      <h2>{own.waiting}</h2>
      {isIdle && <p className="empty">{own.nothingWaits}</p>}
      <ul className="news">
        {reviews.map((each) => (
          <li key={`review ${each.code}`}>
            <Link to={to("campaignFindings", { code: each.code }, { state: "CONFIRMED" })}>
              <Told text={each.plan.title} /> · {own.toReview(each.toReview!.totalCount)}
            </Link>
            <small className="code">{each.code}</small>
          </li>
        ))}
        {publications.map((each) => (
          <li key={`publish ${each.code}`}>
            <Link to={to("campaignFindings", { code: each.code }, { state: "APPROVED" })}>
              <Told text={each.plan.title} /> · {own.toPublish(each.toPublish!.totalCount)}
            </Link>
            <small className="code">{each.code}</small>
          </li>
        ))}
        {steps.map((each) => (
          <li key={each.code}>
            <Link to={to("campaign", { code: each.code })}>
              <Told text={each.title} /> · {each.step}
            </Link>
            <small className="code">{each.code}</small>
          </li>
        ))}
        {proceedings > 0 && (
          <li>
            <Link to={to("proceedings")}>{own.proceedings(proceedings)}</Link>
          </li>
        )}
        {publicWork && publicWork.openQuestionCount > 0 && (
          <li>
            <Link to={to("questions")}>{own.questions(publicWork.openQuestionCount)}</Link>
            {publicWork.overdueQuestionCount > 0 && <Badge tone="bad">{own.overdue(publicWork.overdueQuestionCount)}</Badge>}
          </li>
        )}
        {publicWork && publicWork.openObjectionCount > 0 && (
          <li>
            <Link to={to("objections")}>{own.objections(publicWork.openObjectionCount)}</Link>
            {publicWork.overdueObjectionCount > 0 && <Badge tone="bad">{own.overdue(publicWork.overdueObjectionCount)}</Badge>}
          </li>
        )}
      </ul>
    </section>
  );
}
