# Everything that a chat user reads, in English. The same messages stand in ru.ftl; a test compares the two.

start =
    Hello! Send me two photos: first the one to paint, then one whose style you like.
    I will paint the first like the second.

    /style starts anew · /presets styles to choose · /settings quality, size, strength, colours · /queue · /cancel · /help
help =
    <b>How it works</b>
    1. Send a photo: this is what will be painted.
    2. Send another: its style is used. Or send both as one album, the photo to paint first. Or choose a style with a button.
    3. Wait: the message shows your place, then a sketch, then the picture.

    A photo in reply to a picture paints that picture like the photo. More photos in an album are more styles, mixed. Stickers and videos work too: a video's first look is taken.
    Send a picture as a file to keep its full quality. In a group, reply to a photo with /style, or write /style under it.
    Under a picture: stronger, softer and bigger go on from it; only a part paints what you mark on the photo; there is a timelapse, a sticker, a file for print.
    What you send hidden under a spoiler comes back hidden.
    The code under a picture repeats its recipe: send it in reply to another photo, or write /style and the code.

    /style – start with a new photo; /style mosaic takes that style; /style mosaic+woodcut mixes two
    /presets – styles to choose from
    /save night – in reply to a picture: name its style, then /style night
    /settings – quality, size, strength, colours, strokes, photo or file, language
    /queue – your pictures in the queue
    /cancel – stop what is queued and what is being painted
    /language · /privacy · /forget
    Your photos are deleted as soon as you have the picture.

draft-empty = Send the photo that I should paint.
draft-content = Got it. Now send a picture whose style I should use, or choose a style.
draft-style = This is the style then. Now send the photo that I should paint.
draft-wish = Good choice. Now send the photo that I should paint.
draft-in-group = Send it as a reply to this message.
draft-gone = That photo is not waiting any more. Send it again.
style-unknown = I know no style of that name, or the code is too old. Styles: { $names }. See them with /presets.
presets = Choose a style, or use one by name: /style mosaic
presets-own = Your own: { $names }
save-how = Reply to a picture with /save and a name, such as /save night. A picture of mine gives its style, any other itself.
save-taken = { $style } is a style of mine already. Choose another name.
save-too-many = { $limit ->
    [one] You have { $limit } named style already. Use its name again to replace it.
   *[other] You have { $limit } named styles already. Use one of their names again to replace it.
}
save-done = Saved: /style { $style }. For friends: { $link }
preset-stained-glass = Stained glass
preset-mosaic = Mosaic
preset-ink-wash = Ink wash
preset-woodcut = Woodcut
preset-oil-swirl = Oil swirl
preset-pointillism = Pointillism
preset-watercolour = Watercolour
preset-blueprint = Blueprint

queued = { $ahead ->
    [0] Next in line.
    [one] In the queue: { $ahead } picture before yours.
   *[other] In the queue: { $ahead } pictures before yours.
}
painter-away = The painter is away at the moment. Your picture waits here, and is painted as soon as it is back.
starting = Mixing the paints…
painting = Painting
sketching = A quick sketch first, then the masterpiece in its place
painting-over = The sketch is done; the masterpiece is being painted over it
painting-on = Going on from the earlier picture
retrying = A hiccup: I am trying again, nothing is lost.
finishing = Drying…
done = { $size } · { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}
done-code = Recipe: { $code }
done-sheet = Your photo in every style. Tap a number to paint it in full.
done-stopped = Stopped early. Stronger, Softer and Bigger go on from here.
done-halved = The device was short of memory, so the picture is smaller than you asked for.
done-builtin = Painted with small filters. Better ones are being downloaded: then Again paints it with them.
choice-strength = strength { $percent } %
choice-colors = colours: { $colors }
choice-variation = variation { $number }
choice-strokes = strokes: { $strokes }
choice-part = only a part
here-in-private = I may not write any more where you asked for this picture, so it is here.
here-in-general = The topic where this picture was asked for is closed or gone, so it is here.
undeliverable = The picture is painted, but I may not send pictures or files here. Let me, then ask for it again.
time-left-seconds = about { $seconds } s
time-left-minutes = about { $minutes } min
time-range-seconds = { $low }–{ $high } s
time-range-minutes = { $low }–{ $high } min
stopping = You will get it as it is.
advice-style-tiny = The style picture is tiny: it has too few brush strokes to learn from. A larger one will do better.
advice-style-flat = The style picture is flat: you will get its colours, but hardly any drawing.
advice-content-long = Your photo is very long: at this size it will be narrow. Larger is slower, but helps.
advice-content-blurred = Your photo is blurred: fine strokes may find nothing to hold on to. Large ones will.
cancelled = Cancelled. Your photos are deleted.

failed-bad_image = One of the pictures could not be read: it is damaged or not a picture. Please send both again.
failed-out_of_memory = This picture is too big for the painter. Choose a smaller size in /settings and send both photos again.
failed-crashed = The painter broke off twice on these pictures, so I gave up. Please try other pictures or a smaller size in /settings.
failed-engine = The painting did not work, even after several tries. Please send both photos again later.

bad-not-image = This file is not a picture that I can open. Send a photo, or a JPEG, PNG, WebP, HEIC, AVIF, GIF or TIFF file.
bad-truncated = This picture is damaged or incomplete. Please send it again.
bad-too-large = This picture has too many pixels ({ $megapixels } million). Send one with at most { $limit } million.
bad-heavy = This picture is too much for me: opening it takes too long, or too much memory. Please send it as a JPEG of fewer pixels.
bad-too-small = This picture is too small ({ $width }×{ $height }). Send one that is at least { $limit } pixels on each side.
bad-file-size = This file is too big: Telegram gives me files of at most { $limit } MB. Send it as a photo instead.
bad-no-photo = I need a photo or an image file. Send the picture as a photo or as a file.
download-failed = I could not fetch this picture from Telegram. Please send it again.
filter-refused = I may not paint this picture. Please send another.
filter-down = I cannot look at pictures right now. Please send it again in a few minutes.
too-many = { $limit ->
    [one] You have { $limit } picture in the queue already. Wait until it is done or /cancel, then send both photos again.
   *[other] You have { $limit } pictures in the queue already. Wait until one is done or /cancel, then send both photos again.
}
too-many-group = { $limit ->
    [one] This group has { $limit } picture in the queue already. Try again when it is done.
   *[other] This group has { $limit } pictures in the queue already. Try again when some are done.
}
too-many-today = { $limit ->
    [one] You have had your { $limit } picture for today. Come back in { $time }.
   *[other] You have had your { $limit } pictures for today. Come back in { $time }.
}
too-busy = { $count ->
    [one] I am very busy: { $count } picture is waiting. Please try again in an hour.
   *[other] I am very busy: { $count } pictures are waiting. Please try again in an hour.
}
busy-disk = I cannot store anything right now. Please send it again in a few minutes.
broken = Something went wrong on my side. Please try again.

queue-empty = You have nothing in the queue. Send two photos.
queue-line-queued = { $ahead ->
    [0] №{ $id }: next in line
    [one] №{ $id }: { $ahead } picture before it
   *[other] №{ $id }: { $ahead } pictures before it
}
queue-line-running = №{ $id }: being painted, { $percent } %
queue-draft = Waiting for the second picture of your next pair.
cancel-nothing = There is nothing to cancel.
cancel-done = { $count ->
    [one] Cancelled { $count } picture.
   *[other] Cancelled { $count } pictures.
}
cancel-draft = The photo you sent is forgotten.
cancel-too-late = It is finished already.
not-yours = Only the person who asked for it can do that.
administrators-hidden = That is for whoever asked, or for this group's administrators. Telegram does not show me who they are: make me an administrator too.

settings = Settings of your next picture
settings-group = Settings of this group's pictures
settings-admins = Only administrators of this group choose its settings. Yours are in our private chat.
settings-how = Tap a line to change it.
setting-quality = Quality: { $value }
setting-size = Longest side: { $value }
setting-strength = Strength of the style: { $value }
setting-colors = Colours: { $value }
setting-strokes = Strokes: { $value }
setting-output = Sent as: { $value }
setting-language = Language: { $value }
about-quality = How carefully I paint. Sketch is a first look, Fine the best that I can do; Paper is the published work as it is, a small square.
about-size = How large the picture gets. Larger pictures show finer strokes and take longer.
about-strength = How far the picture moves from your photo towards the style.
about-colors = Whose colours the picture has: the style's, your photo's own, or the style's brushwork in your photo's palette.
about-strokes = How large the style's strokes are in the picture.
about-output = A photo shows at once in the chat; a file keeps full quality.
about-language = How I speak to you.
settings-saved = Saved
settings-estimate = Takes { $time } here.
settings-costs = On this server:
quality-sketch = Sketch
quality-standard = Standard
quality-fine = Fine
quality-paper = Paper
size-auto = by quality
size-pixels = { $size } px
colors-style = from the style
colors-content = my own
colors-match = your photo's palette
strokes-fine = fine
strokes-normal = normal
strokes-large = large
button-cancel = Cancel
button-more = More…
button-back = ‹ Back
button-stop = Stop here
button-swap = ⇄ Swap
button-again = Again
button-stronger = Stronger
button-softer = Softer
button-part = Only a part
button-colors = My colours
button-style-colors = Style's colours
button-bigger = Bigger
button-file = File
button-compare = Before/after
button-delete = Delete
button-timelapse = Timelapse
button-sticker = Sticker
button-print = For print
button-faces = Gentler faces
button-group = Add me to a group
button-sheet = Try all styles
button-strip = Strength strip
button-denoise = Denoise
button-square = Square
button-portrait = 4:5
button-story = Story 9:16
button-content-long = Paint it larger
button-content-blurred = With large strokes
button-other = Choose another style
button-is-style = ⇄ This is the style
button-is-content = ⇄ This is the photo to paint

on-it = On it.
going-on = On it: I go on from this picture.
going-anew = On it. This picture is gone, so I begin anew.
no-stronger = It has all the style there is.
no-softer = It has as little of the style as there is.
no-bigger = It is as big as I can paint.
swapped = Swapped: the other picture is painted now.
swap-too-late = It is being painted already. Swap when you have the picture.
press-too-late = This button is not there any more.
result-too-old = This picture is too old for its buttons. Send the photos again; its recipe code still works.
file-gone = I keep the full picture for one day only, and this one is older. Stronger, Softer and Bigger still go on from it.
source-gone = This style is not here any more.
part-how = Paint over or circle what should be painted in the style, with the pencil of Telegram's photo editor and in one bright colour. Then send the photo in reply to this message.
part-nothing = I find nothing painted over here: mark a part in one bright colour and send the photo again, in reply to mine.
part-everything = All of it is painted over: mark only the part that should be painted.
part-other = This is another photo: please mark a part of the one that I sent.
part-cropped = This photo has another shape than mine: please mark it without cropping or turning it.
strip = From the photo to the painting: 1 is 20 %, 4 is 80 %. Tap one to get it in full.
denoised = Without its grain
gentler = Gentler to faces
no-faces = I find no face in your photo that looks at me.
filmed = How it was painted
film-gone = I have no timelapse of this picture: I keep it for one day, and none where the painting took a moment only.
printed = { $pixels } px: { $sides } cm at { $dpi } dpi. Enlarged smoothly; for finer strokes press Bigger before.
other = Choose a style for your photo instead:
compared = Before and after
cropped = Cropped around what your photo shows
deleted = Deleted
delete-too-old = Telegram lets me delete messages for two days only. You can still delete it yourself.

output-photo = Photo
output-file = File
button-reset = Reset

welcome =
    Hello everybody! I paint photos in the style of others. Reply to a photo with /style, then send the style picture as a reply to me.
    Quicker: /style mosaic in reply to a photo. /presets shows the styles. Otherwise I keep quiet.
welcome-unseeing =
    Hello everybody! I paint photos in the style of others. Write /style, then send me the photo as a reply, then the style picture.
    Quicker: /style mosaic. /presets shows the styles. Otherwise I keep quiet.
replies-hidden = In this group Telegram does not show me which photo a command replies to. It does in a supergroup, with my privacy mode off, or if I am an administrator.

privacy =
    <b>What I keep, and for how long</b>
    · Your photos: until the picture is painted and sent. A photo that waits for its second: 48 hours at most.
    · The finished picture and its timelapse: one day, for the buttons under it, or until you press Delete.
    · For each picture a note of who asked, in which chat, when, with which settings, and Telegram's number of your photos, so that the buttons can fetch them again: 7 days.
    · For a recipe code, Telegram's number of the style picture: 90 days since its last use. Whoever has the code can use that style.
    · What you write to me: until it is answered. Your settings and language: until you change them.
    · If you voted: your votes, under a random number in place of your name.
    Nobody else gets any of it, and I learn nothing from your photos. /forget deletes everything at once.
forget = Delete everything that I keep about you: pictures in the queue, waiting photos, finished pictures, recipes, settings? Recipe codes of your own styles stop working. Messages in this chat stay; you can delete them yourself.
button-forget = Delete everything
button-keep = Keep
forgotten = Done. I do not know you any more.
not-forgotten = Everything stays as it was.
language = Which language shall I speak?
language-name = English
language-chosen = I speak English now.

vote-question =
    Which is the better painting of this content in this style? Above are content and style, below A and B. { $count ->
        [0] Votes are kept without your name.
        [one] You have voted { $count } time.
       *[other] You have voted { $count } times.
    }
button-vote-left = A
button-vote-right = B
button-vote-equal = Equally good
button-vote-other = Another pair
button-vote-stop = Stop
vote-thanks = Thank you! { $count ->
    [one] { $count } vote is kept.
   *[other] { $count } votes are kept.
} /vote goes on.
vote-last = There is no other pair: this is the last one that you have not compared.
vote-done = Thank you! You have compared everything that there is.
vote-none = There is no study to vote on.
vote-private = Please vote in our private chat, so that nobody sees how.
vote-gone = This vote is over. /vote shows what there is now.
vote-broken = The study cannot be reached now. Please try again later.

banned = The person who runs this bot does not let you use it.
maintenance = I am being worked on. Please come back in a while; what you sent before is not lost.
stats =
    Queued: { $queued } · being painted: { $running }
    Last 24 hours: { $delivered } delivered, { $failed } failed, { $users ->
        [one] { $users } person
       *[other] { $users } people
    }, { $seconds } s on average
stats-weights = Painted with: { $weights ->
    [builtin] the small built-in filters
    [pretrained] the full network
   *[other] { $weights }
}
stats-download = The full network is being downloaded: { $percent } %
stats-no-download = The full network could not be downloaded: { $reason }
stats-refused = Refused by Telegram: { $count } × { $method }: { $reason }
operator-painter =
    The painter { $worker } is out of service: { $reason }
    It is started again and again. Pictures that wait are kept, and painted when a painter is back.
operator-painter-silent =
    The painter { $worker } has not been heard of for half a minute: its host, its network or its program has failed.
    Pictures that wait are kept, and painted when a painter is back.
operator-refusal =
    Telegram refused a call of mine, for the first time since I started: { $method }: { $reason }
    Something may be missing on people's screens. The log has every case; please report it if you do not know why.
ban-whom = Give the number of a user, group or channel, or reply to a message of theirs. Owners cannot be banned.
ban-done = User { $id } is banned, and all that was theirs is deleted.
unban-done = User { $id } may come in again.
ban-no-change = For user { $id } that is so already.
maintenance-on = Maintenance: everybody but the owners is asked to come back later. What is queued is still painted.
maintenance-off = Open for everybody again.
maintenance-how = Write /maintenance on or /maintenance off.
broadcast-how = Write the letter after the command: /broadcast Hello! At most { $limit } characters.
broadcast-done = { $count ->
    [one] On its way to { $count } person.
   *[other] On its way to { $count } people.
}

command-style = Start with a new photo
command-presets = Styles to choose from
command-save = Name a style, in reply to a picture
command-settings = Quality, size, strength, colours, strokes
command-queue = Your pictures in the queue
command-cancel = Stop your pictures
command-help = How it works
command-language = The language I speak
command-privacy = What I keep, and for how long
command-forget = Delete everything about you
command-vote = Which picture is better? Help a study
command-stats = The queue and the last day
command-ban = Keep a user out
command-unban = Let a user in again
command-maintenance = Close or open the bot
command-broadcast = A letter to everybody
