import type { RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { timeZoneElement } from '../time-zone-definition.ts';
import { ianaZone, listedTimeZones } from '../time-zones.ts';
import { childOf, type XmlElement, xml } from '../xml.ts';

/** An id that Windows does not know is left out, as Exchange does. */
export function getServerTimeZones(context: RequestContext, request: XmlElement): XmlElement {
  const full = !/^(false|0)$/.test(request.attributes['ReturnFullTimeZoneData'] ?? 'true');
  const asked = childOf(request, 'm:Ids')?.children.map((id) => id.text.trim()) ?? listedTimeZones;
  const year = context.clock().getUTCFullYear();
  return respondToEach('GetServerTimeZones', [request], () => {
    const zones = asked
      .filter((id) => ianaZone(id) !== undefined)
      .map((id) => timeZoneElement(id, full ? year : undefined));
    return [xml('m:TimeZoneDefinitions', {}, ...zones)];
  });
}
