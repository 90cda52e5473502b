//! pcapng: blocks of a section. <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html>.

use super::{MAX_RECORD, Packet, ReadProblem, Step};
use core::time::Duration;
use pcap_parser::nom::IResult;
use pcap_parser::pcapng::{OptionCode, parse_sectionheaderblock};
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{
    Block, EnhancedPacketBlock, InterfaceDescriptionBlock, PcapError, SimplePacketBlock, parse_block_be,
    parse_block_le,
};

/// The most interfaces that a section may describe.
const MAX_INTERFACES: usize = 1024;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

/// The option of an interface that says how long the frame check sequence is.
const IF_FCSLEN: OptionCode = OptionCode(13);

/// The byte-order magic.
const MAGIC: u32 = 0x1a2b_3c4d;

/// The section that is being read.
#[derive(Debug, Default)]
pub(super) struct Section {
    is_big_endian: bool,
    interfaces: Vec<Interface>,
}

/// What an interface's packets are like.
#[derive(Clone, Copy, Debug)]
struct Interface {
    link: u16,
    snap_length: u32,
    frame_check: Option<u8>,
    /// `if_tsresol`: units of a second.
    resolution: u8,
    /// `if_tsoffset`: seconds to be added.
    offset: i64,
}

impl Section {
    /// Reads the block at the start of `rest`.
    pub(super) fn block(&mut self, rest: &[u8]) -> Result<Step, ReadProblem> {
        let what = "block";
        let Some((head, after)) = rest.split_first_chunk::<8>() else { return Ok(Step::Need(8, what)) };
        let [t0, t1, t2, t3, l0, l1, l2, l3] = *head;
        let number = |octets, big_endian| match big_endian {
            true => u32::from_be_bytes(octets),
            false => u32::from_le_bytes(octets),
        };
        let mut big_endian = self.is_big_endian;
        let kind = number([t0, t1, t2, t3], big_endian);
        if kind == SECTION_HEADER {
            // It says itself in which order it is written.
            let Some(magic) = after.first_chunk::<4>() else { return Ok(Step::Need(12, what)) };
            big_endian = match (u32::from_le_bytes(*magic), u32::from_be_bytes(*magic)) {
                (MAGIC, _) => false,
                (_, MAGIC) => true,
                _ => return Err(ReadProblem::Malformed { what: "section header" }),
            };
        }
        let what = match kind {
            SECTION_HEADER => "section header",
            INTERFACE_DESCRIPTION => "interface description",
            SIMPLE_PACKET | ENHANCED_PACKET => "packet block",
            _ => what,
        };
        let length = number([l0, l1, l2, l3], big_endian);
        if length < 12 || !length.is_multiple_of(4) {
            return Err(ReadProblem::Malformed { what });
        }
        if what == "block" {
            return Ok(Step::Skip(length.into()));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MAX_RECORD {
            return Err(ReadProblem::TooLong { what, length: length as u64 });
        }
        let Some(block) = rest.get(..length) else { return Ok(Step::Need(length, what)) };
        let packet = self.read(block, kind, big_endian).map_err(|problem| match problem {
            ReadProblem::Malformed { .. } => ReadProblem::Malformed { what },
            problem => problem,
        })?;
        Ok(Step::Done(length, packet))
    }

    /// Reads a whole block of a kind that counts.
    fn read(&mut self, block: &[u8], kind: u32, big_endian: bool) -> Result<Option<Packet>, ReadProblem> {
        const MALFORMED: ReadProblem = ReadProblem::Malformed { what: "block" };
        if kind == SECTION_HEADER {
            parse_sectionheaderblock(block).map_err(|_| MALFORMED)?;
            *self = Section { is_big_endian: big_endian, interfaces: Vec::new() };
            return Ok(None);
        }
        let parsed: IResult<&[u8], Block<'_>, PcapError<&[u8]>> =
            if big_endian { parse_block_be(block) } else { parse_block_le(block) };
        match parsed.map_err(|_| MALFORMED)?.1 {
            Block::InterfaceDescription(description) => {
                self.describe(&description, big_endian).map(|()| None)
            }
            Block::EnhancedPacket(packet) => self.enhanced(&packet).map(Some),
            Block::SimplePacket(packet) => self.simple(&packet).map(Some),
            _ => Err(MALFORMED),
        }
    }

    fn describe(
        &mut self,
        description: &InterfaceDescriptionBlock<'_>,
        big_endian: bool,
    ) -> Result<(), ReadProblem> {
        if self.interfaces.len() == MAX_INTERFACES {
            let length = MAX_INTERFACES as u64 + 1;
            return Err(ReadProblem::TooLong { what: "list of interfaces", length });
        }
        let mut options = description.options.iter();
        let frame_check = options.find(|option| option.code == IF_FCSLEN);
        self.interfaces.push(Interface {
            link: description.linktype.0 as u16,
            snap_length: description.snaplen,
            frame_check: frame_check.and_then(|option| option.value().first().copied()),
            resolution: description.if_tsresol,
            // `pcap-parser` reads it as little-endian always.
            offset: if big_endian { description.if_tsoffset.swap_bytes() } else { description.if_tsoffset },
        });
        Ok(())
    }

    fn enhanced(&self, packet: &EnhancedPacketBlock<'_>) -> Result<Packet, ReadProblem> {
        let interface = self.interface(packet.if_id)?;
        let units = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
        Ok(Packet {
            time: Some(interface.time(units)),
            link: interface.link,
            frame_check: interface.frame_check,
            data: packet.packet_data().to_vec(),
            is_cut: packet.origlen > packet.caplen,
        })
    }

    /// A simple packet has no time, and is of the first interface.
    fn simple(&self, packet: &SimplePacketBlock<'_>) -> Result<Packet, ReadProblem> {
        let interface = self.interface(0)?;
        let snap = usize::try_from(interface.snap_length).unwrap_or(usize::MAX);
        let data = packet.packet_data();
        let data = if snap == 0 { data } else { data.get(..snap).unwrap_or(data) };
        Ok(Packet {
            time: None,
            link: interface.link,
            frame_check: interface.frame_check,
            data: data.to_vec(),
            is_cut: usize::try_from(packet.origlen).unwrap_or(usize::MAX) > data.len(),
        })
    }

    fn interface(&self, number: u32) -> Result<&Interface, ReadProblem> {
        let found = usize::try_from(number).ok().and_then(|index| self.interfaces.get(index));
        found.ok_or(ReadProblem::UnknownInterface { number })
    }
}

impl Interface {
    /// The time since the beginning of 1970, of so many units.
    fn time(&self, units: u64) -> Duration {
        const NANOS: u128 = 1_000_000_000;
        let exponent = u32::from(self.resolution & 0x7f);
        let base: u128 = if self.resolution & 0x80 == 0 { 10 } else { 2 };
        // Finer than any number of units can make a whole second of: no time has passed.
        let Some(per_second) = base.checked_pow(exponent) else { return Duration::ZERO };
        let units = u128::from(units);
        let seconds = u64::try_from(units / per_second).unwrap_or(u64::MAX);
        let rest = units % per_second;
        let nanos = match rest.checked_mul(NANOS) {
            Some(product) => product / per_second,
            None => rest / (per_second / NANOS),
        };
        let seconds = seconds.saturating_add_signed(self.offset);
        Duration::new(seconds, u32::try_from(nanos).unwrap_or(0).min(999_999_999))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_every_resolution() {
        let interface =
            |resolution, offset| Interface { link: 1, snap_length: 0, frame_check: None, resolution, offset };
        for (resolution, offset, units, expected) in [
            (6, 0, 1_500_000, Duration::from_millis(1500)),
            (9, 0, 1_500_000_000, Duration::from_millis(1500)),
            (0, 7, 3, Duration::from_secs(10)),
            (0, -7, 3, Duration::ZERO),
            (0x80 | 10, 0, 1536, Duration::from_millis(1500)),
            (0x80 | 63, 0, 1 << 62, Duration::from_millis(500)),
            (19, 0, 15_000_000_000_000_000_000, Duration::from_millis(1500)),
            (38, 0, u64::MAX, Duration::ZERO),
            (0x7f, 0, u64::MAX, Duration::ZERO),
            (0xff, 0, u64::MAX, Duration::ZERO),
            (0, i64::MAX, u64::MAX, Duration::from_secs(u64::MAX)),
        ] {
            assert_eq!(interface(resolution, offset).time(units), expected, "{resolution} {units}");
        }
    }
}
