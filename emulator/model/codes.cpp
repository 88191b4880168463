#include "emulator/model/codes.h"

#include <algorithm>
#include <array>

namespace exthost::model {
namespace {

// Ascending by code; find_code relies on it and a test holds it so.
constexpr std::array kEntries = {
    // ---- config.json
    CodeEntry{
        codes::kConfigMissing, "The container has no config.json",
        "The hosting service looks for a blob named exactly config.json beside the version zips. Without it "
        "the "
        "sync fails and an incident opens against the owning team; a deployment that was synced before keeps "
        "serving. Upload the file, and check the letter case of its name."},
    CodeEntry{codes::kConfigUnreadable, "config.json could not be read",
              "The container answered, but config.json itself could not be fetched or is not usable as a "
              "text. The sync "
              "fails, and what was synced before keeps serving. Check that the blob can be read anonymously "
              "and try "
              "again."},
    CodeEntry{
        codes::kConfigNotJson, "config.json is not valid JSON",
        "The hosting service reads config.json as strict JSON: no comments, no trailing commas, no repeated "
        "names. It refuses the file, opens an incident and goes on serving the last good one. Correct the "
        "place "
        "that the message points at."},
    CodeEntry{
        codes::kConfigWrongShape, "config.json does not have the documented form",
        "config.json is one JSON object whose values are strings: a version for each stage and friendly "
        "name. A "
        "value of another type makes the whole file unusable, and the last good one keeps serving. Write the "
        "value as a string in double quotes."},
    CodeEntry{codes::kConfigSchemaVersion, "config.json is not of schema 3",
              "The property $version is mandatory and must be \"3\". Schema 2, with active and versions, was "
              "replaced "
              "in February 2017 and is not accepted any more. Set \"$version\": \"3\" and list the stages as "
              "properties of the file."},
    CodeEntry{codes::kStageMissing, "A stage has no version",
              "Every stage of the stage definition in force must be a property of config.json, or the "
              "service does not "
              "know what to serve in that stage's regions. The sync fails and the last good deployment keeps "
              "serving. "
              "Add the stage with the version that it should serve."},
    CodeEntry{codes::kVersionMissing, "A version that config.json names has no zip",
              "config.json refers to a version, but the container holds no <version>.zip. The service "
              "activates all "
              "versions of a config.json or none, so the last good deployment keeps serving. Upload the zip "
              "first and "
              "edit config.json after that."},
    CodeEntry{codes::kVersionName, "A version's name cannot be used",
              "A version is the name of a zip without .zip: letters, digits, dots, underscores and hyphens, "
              "beginning "
              "with a letter or digit, 128 characters at most. Other names could not be stored or put in a "
              "URL. Rename "
              "the version."},
    CodeEntry{
        codes::kFriendlyName, "A friendly name cannot be used, or should not be",
        "A friendly name becomes part of a URL and of the portal's query string. Letters and digits are "
        "documented; underscores and hyphens work but are not, and get a warning. The names true and false "
        "mean "
        "enable and disable there and are refused. Choose another name."},
    CodeEntry{
        codes::kTooManyFriendlyNames, "config.json has more than 100 friendly names",
        "The hosting service accepts 100 friendly names for an extension. With one more the whole sync "
        "fails, an "
        "incident opens and the last good deployment keeps serving. Remove the friendly names that nobody "
        "uses; stages and $-properties do not count."},
    CodeEntry{codes::kUnknownDollarKey, "A property beginning with $ is not known",
              "Names beginning with $ are reserved for the service; $version and $customStageDefinition are "
              "the ones "
              "that exist in config.json, $sequence in stagedefinition.json. Others are ignored. Check the "
              "spelling, "
              "or remove the property."},
    CodeEntry{codes::kByteOrderMark, "The file begins with a byte-order mark",
              "Some editors write three invisible bytes ahead of UTF-8 text. The emulator skips them, but "
              "strict JSON "
              "readers refuse them, so the real service may not accept the file. Save it as UTF-8 without a "
              "byte-order "
              "mark."},
    CodeEntry{
        codes::kNamesDifferByCase, "Two names differ only by letter case",
        "Names are compared exactly, but people and browsers change the letter case of URLs, so nobody could "
        "tell which of the two a URL means. The file is refused. Rename or remove one of them."},
    // ---- stagedefinition.json
    CodeEntry{
        codes::kDefinitionFetchFailed, "stagedefinition.json could not be fetched",
        "config.json says $customStageDefinition, so the service needs stagedefinition.json from the same "
        "container. If it cannot be fetched for any reason, the extension's sync fails and the last good "
        "deployment keeps serving. Upload the file, or take the property out of config.json."},
    CodeEntry{codes::kDefinitionNotJson, "stagedefinition.json is not valid JSON",
              "The stage definition is read as strict JSON. A fault in it fails the extension's sync, opens "
              "an incident "
              "and leaves the last good deployment serving. Correct the place that the message points at."},
    CodeEntry{
        codes::kDefinitionWrongShape, "stagedefinition.json does not follow the rules",
        "It lists the stages in $sequence, and for each of them an array of region names; the last stage is "
        "exactly [\"*\"] and takes all other regions; no region stands twice. A definition that breaks these "
        "rules fails the sync, and the last good deployment keeps serving."},
    CodeEntry{
        codes::kUnknownRegion, "A region is not known",
        "The name is not in the emulator's catalogue of Azure regions. If it is misspelt, no user is ever in "
        "that region and the stage is never reached by it. Check the spelling against the list of regions."},
    // ---- environment configuration
    CodeEntry{codes::kNoEnvironmentFile, "The extension has no configuration for this portal",
              "The version has no Content/Config file for the portal's host name, nor for a more generic "
              "one, so the "
              "hosting service answers 400 there: this is how an extension says that it is not available in "
              "a cloud. "
              "Add <portal host>.json to Content/Config; an empty object {} is enough."},
    CodeEntry{codes::kEnvironmentNotJson, "An environment configuration is not a JSON object",
              "A file in Content/Config could not be read as one strict JSON object, so its settings cannot "
              "be given "
              "to the extension. Correct the place that the message points at and publish a new version."},
    CodeEntry{
        codes::kDefaultEnvironmentMissing, "The version has no Content/Config/default.json",
        "default.json holds the settings that all environments share, and the hosting service requires it in "
        "every version. A version without it fails validation and is not activated. Add the file; an empty "
        "object {} is enough. A file that is left out of the zip often lacks the build action Content."},
    CodeEntry{
        codes::kEnvironmentObjectReplaced, "An environment file replaces a whole object of default.json",
        "Settings are merged one level deep: where default.json and the environment's file have the same "
        "key, the "
        "environment's value replaces the other as a whole, objects included. What default.json has inside "
        "that object is lost there. Repeat it in the environment's file if it is needed."},
    // ---- stamps and requests to hosting
    CodeEntry{
        codes::kUnknownStamp, "The stamp does not exist",
        "The last part of the URL is neither a stage, nor a friendly name of config.json, nor the build "
        "number of "
        "a synced version (with d for each dot). The answer is 404. Use one of the stamps that the message "
        "lists, or publish the version first."},
    CodeEntry{codes::kUnknownExtension, "No extension of that name is hosted here",
              "The first part of the path must be the hosting service name of a registered extension. The "
              "answer is "
              "404. Check the name against the diagnostics, which list every hosted extension."},
    CodeEntry{
        codes::kNeverSynced, "The extension has never been synced",
        "The extension is registered, but no deployment of it was ever good enough to activate, so there is "
        "nothing to serve and the answer is 503. The open incident of the extension says what is wrong with "
        "its "
        "container."},
    CodeEntry{codes::kUnknownContent, "The version has no such file",
              "The URL names a file that is not in the version it was asked from, nor, for a bundle, in any "
              "retained "
              "version. The answer is 404. Files are missing from a zip most often because their build "
              "action is not "
              "Content; server-side controllers are not hosted and need an absolute URL."},
    CodeEntry{
        codes::kAmbiguousStamp, "The stamp could mean several things",
        "The stamp matches more than one name or version, and choosing one of them could show you the wrong "
        "version. Nothing is served. Use the exact spelling, or the name of a stage or friendly name."},
    CodeEntry{codes::kAuthorityMissing, "The request does not say which portal it comes from",
              "The portal passes its host name in the query parameter trustedAuthority, and the hosting "
              "service picks "
              "the environment configuration by it. Without a host name there the answer is 400. Add "
              "trustedAuthority=portal.azure.com to the URL."},
    // ---- registrations and portal URLs
    CodeEntry{codes::kRegistrationInvalid, "An extension's registration is wrong",
              "A registration gives an extension's name and either its hostingServiceName or its own uri. "
              "Something in "
              "it is missing, of the wrong type or contradictory, and the portal could not load the "
              "extension by it. "
              "The message says which property and where."},
    CodeEntry{codes::kOverrideIgnored, "An override in the portal URL has no effect",
              "The URL asks for something that the portal does not do as it stands: most often another stamp "
              "without "
              "feature.canmodifystamps=true. The extension loads as if the override were not there. The "
              "message says "
              "what is missing."},
    CodeEntry{codes::kSideloadRefused, "A sideloaded extension is refused",
              "testExtensions loads an extension from this machine into the portal. It needs "
              "feature.canmodifyextensions=true, a valid JSON object, and an https URL whose host is "
              "localhost. The "
              "message says which of these is not so."},
    // ---- packages
    CodeEntry{codes::kZipReplaced, "A zip was replaced, but its version is already synced",
              "The hosting service never downloads a version twice, so replacing <version>.zip changes "
              "nothing: the "
              "bytes that were synced first keep being served. Publish the change as a new version and point "
              "config.json at it."},
    CodeEntry{codes::kZipCorrupt, "The zip is damaged",
              "The file is not a complete zip, or its directory, sizes or checksums contradict its contents. "
              "It fails "
              "validation, and the last good deployment keeps serving. Build and upload the zip again, and "
              "check that "
              "the upload was not cut short."},
    CodeEntry{
        codes::kZipUnsafe, "The zip has entries that could do harm",
        "An entry points outside the package, is a link or device, or has a name that systems read in "
        "different ways. The zip is refused as a whole. Build it from ordinary files and folders only."},
    CodeEntry{
        codes::kZipTooLarge, "The zip is larger than the limits allow",
        "The zip, a file in it, the number of its files or what it would expand to is over a limit. It is "
        "refused before it can fill memory or disk. Leave out what the extension does not need, such as "
        "source "
        "maps."},
    CodeEntry{codes::kZipUnsupported, "The zip uses something that is not supported",
              "Entries must be stored or deflated, and not encrypted or split. Build the zip with an "
              "ordinary tool and "
              "its default settings."},
    CodeEntry{
        codes::kZipNames, "File names in the zip clash or cannot be served",
        "Paths are served without regard to letter case, so two files whose names differ only by case clash, "
        "as "
        "do a file and a folder of one name; names must be valid text within the length limits. Rename the "
        "files."},
    CodeEntry{codes::kHostingSvcZip, "The zip is a development build",
              "A build with IsDevelopmentMode set to true makes HostingSvc.zip instead of <version>.zip, and "
              "the hosting "
              "service finds no version of that name. Set IsDevelopmentMode to false and build again in the "
              "Release configuration."},
    // ---- the container as a source
    CodeEntry{codes::kStorageUnavailable, "The container cannot be reached",
              "The storage account did not answer, or answered with an error. The sync fails and an incident "
              "opens; "
              "everything that was synced before keeps serving, and the next poll tries again. Check the "
              "container's "
              "URL, and that anonymous read access is on."},
    CodeEntry{codes::kSourceTooLarge, "The container sent more than the limit",
              "A blob is larger than what the hosting service accepts for its kind, so reading it was "
              "stopped. The sync "
              "fails and the last good deployment keeps serving. The message names the blob and the limit."},
    CodeEntry{codes::kSourceRedirects, "The container answers with a redirect",
              "The hosting service reads a container by its registered URL and follows no redirects, since "
              "they could "
              "lead anywhere. The sync fails. Register the URL that the redirect leads to."},
    CodeEntry{
        codes::kRetainedUnreadable, "A version kept on disk cannot be read",
        "A version that was synced before could not be opened again from the state folder. It is fetched "
        "anew "
        "at the next sync; until then requests for it are answered with an error. If this repeats, check the "
        "disk."},
    // ---- HTTP gate
    CodeEntry{
        codes::kHostRefused, "The Host header names a stranger",
        "The emulator answers only for localhost, loopback addresses, .localhost names and hosts given with "
        "--allow-host, on its own port. Other names could be a web page that has been pointed at this "
        "machine, "
        "so the answer is 421. Use a localhost URL, or allow the name."},
    CodeEntry{codes::kOriginRefused, "A page from another site may not do this",
              "The request was sent by a web page of another origin. The portal, storage and control "
              "listeners do not "
              "serve such requests, so that no site you visit can drive the emulator. Open the URL directly, "
              "or use "
              "the command line."},
    CodeEntry{codes::kBadTarget, "The request's path or query cannot be understood",
              "The target is malformed: bad percent-encoding, a control character, an encoded slash, or .. "
              "that leaves "
              "the root. The answer is 400. Correct the URL."},
    CodeEntry{
        codes::kMethodRefused, "The method is not allowed here",
        "The resource exists but does not take this HTTP method; the Allow header lists those it takes."},
    CodeEntry{codes::kBodyTooLarge, "The request's body is too large",
              "The body is longer than this route accepts, and reading it was stopped. The message gives the "
              "limit."},
    CodeEntry{codes::kTokenRequired, "The token of this run is required",
              "Requests that change the emulator's state need the run's token in the Authorization header as "
              "\"Bearer <token>\". It stands in the ready file; the command line finds it there by itself."},
    CodeEntry{codes::kTooManyStreams, "Too many event streams are open",
              "The number of open event streams is limited, so that they cannot crowd out ordinary requests. "
              "Close a "
              "page or a follower and try again after the time in Retry-After."},
    CodeEntry{
        codes::kUnknownRoute, "There is nothing at this path",
        "No page or API stands at the path. Check it against the API's description on the control listener, "
        "and check that the request goes to the right port."},
    CodeEntry{codes::kBadRequestBody, "The request's body cannot be understood",
              "The body is not what this route takes: not valid JSON, of the wrong type, or with a value out "
              "of range. "
              "Nothing was changed. The message says what is wrong."},
    CodeEntry{codes::kMalformedRequest, "The request is not well-formed HTTP/1.1",
              "The bytes on the connection are no request that can be understood in one way only: a folded "
              "header, a "
              "length given twice, a broken chunk, TLS spoken to a plain port or the other way round. The "
              "connection is "
              "closed. Correct the client."},
    CodeEntry{codes::kRequestLimit, "The request passes a limit of the connection",
              "The request line, the headers or their number are too large (414, 431), or the client is too "
              "slow (408). "
              "The limits are listed by 'config print'."},
    CodeEntry{codes::kServerBusy, "Too many requests wait for an answer",
              "The answer is 503 with Retry-After. Send fewer requests at a time, or try again."},
    CodeEntry{codes::kServiceFailed, "The emulator failed to answer",
              "A defect of the emulator, not of your extension. The log has the details; what was stored and "
              "served "
              "before is untouched."},
    CodeEntry{
        codes::kClockIsReal, "The clock is real and cannot be moved",
        "Only a virtual clock can be advanced. Start the emulator with --clock virtual or --fidelity ci."},
    // ---- settings and options
    CodeEntry{codes::kSettingsNotJson, "The settings file is not valid JSON",
              "exthost-emu.json may have comments and trailing commas, but must otherwise be valid JSON. The "
              "emulator "
              "does not start with settings it cannot read. Correct the place that the message points at."},
    CodeEntry{codes::kSettingsUnknownKey, "A setting is not known",
              "The settings file has a property that does not exist, most often a misspelt one. The emulator "
              "does not "
              "guess, and does not start. Correct or remove the property."},
    CodeEntry{
        codes::kSettingsValue, "A setting's value cannot be used",
        "The value has the wrong type or is out of range, or two settings contradict each other. The message "
        "says what is accepted."},
    CodeEntry{codes::kTargetMissing, "What should be hosted does not exist",
              "The folder or file that was named cannot be found, or is neither an extension's folder nor a "
              "settings "
              "file. Check the path, or start with demo to see the sample extension."},
    CodeEntry{codes::kUsage, "The command line cannot be understood",
              "An option or argument is unknown, misspelt or missing its value. Nothing was started. Run "
              "exthost-emu "
              "help for the commands and their options."},
    // ---- this machine
    CodeEntry{
        codes::kPortInUse, "A port is already in use",
        "Another program listens on the port. The message names it if it can be told. Stop it, or choose "
        "other ports with --port; --port 0 takes free ones."},
    CodeEntry{codes::kStateInUse, "Another instance uses this state folder",
              "One instance at a time may use a state folder. The message gives the other's process id. Stop "
              "it, or "
              "give this one its own folder with --state-dir, or use --ephemeral."},
    CodeEntry{codes::kStateUnwritable, "The state folder cannot be written",
              "The folder that holds storage, synced versions and certificates cannot be made or written. "
              "Check its "
              "permissions and the free space, or choose another with --state-dir."},
    CodeEntry{
        codes::kTlsFailed, "The certificates for https could not be made or read",
        "The emulator keeps a private certificate authority in its state folder and signs its localhost "
        "certificates with it. Something about those files or their making failed. Remove the tls folder to "
        "have it made anew, or start with --no-https."},
    CodeEntry{codes::kNoInstance, "No running instance was found",
              "The command needs a running emulator and found none for this project, name or ready file. "
              "Start one, "
              "or say which with --instance or --ready-file."},
    CodeEntry{codes::kWaitTimedOut, "The condition did not come true in time",
              "The command waited for as long as it was told. The message says what it was still waiting "
              "for. Look at "
              "the open incidents, or give it more time."},
    // ---- watching and publishing
    CodeEntry{
        codes::kSourceUnreadable, "The extension's folder cannot be read",
        "A file or folder of the extension's source could not be read, so no new version was made. What was "
        "published before keeps serving. The message names the file; the next saved change tries again."},
    CodeEntry{codes::kPublishFailed, "A new version could not be published",
              "The version was built, but it or the changed config.json could not be put in the container. "
              "What was "
              "published before keeps serving. The message says what storage answered."},
    CodeEntry{codes::kWatchLimit, "The system allows no more watched folders",
              "The limit of watched folders is used up, so the emulator looks through the source folder at "
              "intervals "
              "instead, which is slower. Raise the limit (fs.inotify.max_user_watches), or leave folders out "
              "with the "
              "source's ignore setting."},
    CodeEntry{
        codes::kSourceRejected, "The extension's folder does not make a usable version",
        "The source folder could be read, but what it holds cannot be a version, for example because "
        "Content/Config/default.json is missing or two names differ only by case. What was published before "
        "keeps serving. The message says what to change."},
};

}  // namespace

std::span<const CodeEntry> all_codes() {
  return kEntries;
}

const CodeEntry* find_code(std::string_view code) {
  const auto entry = std::lower_bound(
      kEntries.begin(), kEntries.end(), code,
      [](const CodeEntry& candidate, std::string_view wanted) { return candidate.code < wanted; });
  return entry != kEntries.end() && entry->code == code ? &*entry : nullptr;
}

}  // namespace exthost::model
