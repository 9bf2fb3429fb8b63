// The pictures that buttons use, drawn by hand on a grid of 24.

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

const PICTURES = {
  bell: <><path d="M12 3.8a6 6 0 0 0-6 6v4.4l-1.9 2.5h15.8L18 14.2V9.8a6 6 0 0 0-6-6z" /><circle cx="12" cy="19.4" r="1.9" /></>,
  phone: <path d="M6.6 3.5 9 3l2.2 5-2 1.7a12 12 0 0 0 5.1 5.1l1.7-2 5 2.2-.5 2.4a3 3 0 0 1-3.2 2.4A16.4 16.4 0 0 1 4.2 6.7a3 3 0 0 1 2.4-3.2z" />,
  hangup: <path d="M12 8.5c-3.7 0-7 1.2-9.3 3.3a1.8 1.8 0 0 0-.3 2.3l1.3 2a1.5 1.5 0 0 0 1.9.6l3-1.2a1.5 1.5 0 0 0 .9-1.4v-1.7a13 13 0 0 1 5 0v1.7c0 .6.4 1.2.9 1.4l3 1.2a1.5 1.5 0 0 0 1.9-.6l1.3-2a1.8 1.8 0 0 0-.3-2.3C19 9.7 15.7 8.5 12 8.5z" />,
  camera: <><rect x="2.5" y="6" width="13" height="12" rx="3" /><path d="m17 10.5 3.7-2.6a.5.5 0 0 1 .8.4v7.4a.5.5 0 0 1-.8.4L17 13.5z" /></>,
  microphone: <><rect x="9" y="3" width="6" height="11" rx="3" /><path d="M6 11.5a6 6 0 0 0 12 0M12 17.5V21" {...line} /></>,
  slash: <path d="M4 4l16 16" {...line} strokeWidth={2.2} />,
  sound: <><path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" /><path d="M15 9a4.2 4.2 0 0 1 0 6M17.5 6.5a7.8 7.8 0 0 1 0 11" {...line} /></>,
  close: <path d="M6 6l12 12M18 6 6 18" {...line} strokeWidth={2} />,
  grow: <path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" {...line} strokeWidth={2} />,
  shrink: <path d="M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5" {...line} strokeWidth={2} />,
  search: <><circle cx="10.5" cy="10.5" r="6" {...line} /><path d="m15.2 15.2 4.8 4.8" {...line} /></>,
} as const;

export function Icon({ name, className }: { name: keyof typeof PICTURES; className?: string }) {
  return <svg className={className} viewBox="0 0 24 24" aria-hidden="true">{PICTURES[name]}</svg>;
}
