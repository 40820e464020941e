import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/classic/theme.css";
import "@fullcalendar/react/themes/classic/palette.css";
import "./calendar.css";

import { Calendar } from "@fullcalendar/react";
import dayGrid from "@fullcalendar/react/daygrid";
import interaction from "@fullcalendar/react/interaction";
import list from "@fullcalendar/react/list";
import enGb from "@fullcalendar/react/locales/en-gb";
import zhCn from "@fullcalendar/react/locales/zh-cn";
import classic from "@fullcalendar/react/themes/classic";
import timeGrid from "@fullcalendar/react/timegrid";
import { useTranslation } from "react-i18next";

import { StateCount, StateMarks } from "@/components/state-chip";
import { useChannelNames } from "@/lib/channels";
import { currentLanguage } from "@/lib/i18n";

import { type Card, type View, countByState, movable, statesByChannel } from "../plan";

const PLUGINS = [dayGrid, timeGrid, list, interaction, classic];
const NAMES = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay", list: "listMonth" } as const;

interface CalendarGridProps {
  cards: Card[];
  view: View;
  date: string;
  zone: string;
  onOpen: (card: Card) => void;
  /** A card was dropped at a time of the wall; `putBack` undoes what is drawn. */
  onDrop: (card: Card, wallTime: string, putBack: () => void) => void;
}

/** The calendar itself: a card for each story, drawn at the site's time. Enter opens a card, where its time can be changed too. */
export function CalendarGrid({ cards, view, date, zone, onOpen, onDrop }: CalendarGridProps) {
  const { t } = useTranslation();
  const byId = new Map(cards.map((card) => [card.id, card]));
  return (
    <div className="calendar">
      <Calendar
        key={`${view} ${date}`}
        plugins={PLUGINS}
        initialView={NAMES[view]}
        initialDate={date}
        timeZone={zone}
        locale={currentLanguage() === "en" ? enGb : zhCn}
        firstDay={1}
        headerToolbar={false}
        height={view === "week" || view === "day" ? 640 : "auto"}
        scrollTime="07:00:00"
        allDaySlot={false}
        nowIndicator
        dayMaxEvents={4}
        eventMaxStack={view === "week" ? 1 : 5}
        eventDisplay="block"
        eventInteractive
        eventDurationEditable={false}
        eventTimeFormat={{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }}
        slotHeaderFormat={{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }}
        noEventsContent={t("calendar.empty")}
        events={cards.map((card) => ({
          id: card.id,
          title: card.title,
          start: card.at,
          editable: movable(card).length > 0,
        }))}
        eventContent={({ event, timeText }) => {
          const card = byId.get(event.id);
          return card === undefined ? event.title : <CardFace card={card} time={timeText} view={view} />;
        }}
        eventClick={({ event, jsEvent }) => {
          jsEvent.preventDefault();
          const card = byId.get(event.id);
          if (card !== undefined) onOpen(card);
        }}
        eventDrop={({ event, revert }) => {
          const card = byId.get(event.id);
          if (card === undefined) revert();
          else onDrop(card, event.startStr.slice(0, 16), revert);
        }}
      />
    </div>
  );
}

/**
 * What a card shows: when, what, and for each channel how it stands; where there is room for numbers only, how many are in
 * each state.
 */
function CardFace({ card, time, view }: { card: Card; time: string; view: View }) {
  const nameOf = useChannelNames();
  return (
    <span className="plan-card" data-view={view} data-title={card.title}>
      <span className="plan-head">
        <time dateTime={card.at}>{time}</time> <span className="plan-title">{card.title}</span>
      </span>
      <span className="plan-marks plan-channels">
        {statesByChannel(card).map(([channel, states]) => (
          <StateMarks key={channel} states={states} of={nameOf(channel)} />
        ))}
      </span>
      <span className="plan-marks plan-counts">
        {countByState(card).map(([state, count]) => (
          <StateCount key={state} state={state} count={count} />
        ))}
      </span>
    </span>
  );
}
