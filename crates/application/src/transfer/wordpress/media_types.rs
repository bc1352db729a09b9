//! Media types by file name: exports do not say them.

/// The media type of a file nothing is known about.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file name, by its extension.
pub(super) fn media_type_of(name: &str) -> &'static str {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    match extension.as_str() {
        "jpg" | "jpeg" | "jpe" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" | "svgz" => "image/svg+xml",
        "bmp" => "image/bmp",
        "tif" | "tiff" => "image/tiff",
        "ico" => "image/vnd.microsoft.icon",
        "heic" => "image/heic",
        "mp4" | "m4v" => "video/mp4",
        "mov" | "qt" => "video/quicktime",
        "webm" => "video/webm",
        "ogv" => "video/ogg",
        "avi" => "video/x-msvideo",
        "mpg" | "mpeg" => "video/mpeg",
        "wmv" => "video/x-ms-wmv",
        "mkv" => "video/x-matroska",
        "flv" => "video/x-flv",
        "3gp" | "3gpp" => "video/3gpp",
        "mp3" | "m4b" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "ogg" | "oga" => "audio/ogg",
        "opus" => "audio/opus",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "wma" => "audio/x-ms-wma",
        "mid" | "midi" => "audio/midi",
        "pdf" => "application/pdf",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" | "pps" => "application/vnd.ms-powerpoint",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        "rtf" => "application/rtf",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "txt" | "asc" => "text/plain",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "vtt" => "text/vtt",
        "json" => "application/json",
        "xml" => "application/xml",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::media_type_of;

    #[test]
    fn the_extension_says_it() {
        assert_eq!(media_type_of("a.B.JPG"), "image/jpeg");
        assert_eq!(media_type_of("none"), "application/octet-stream");
    }
}
